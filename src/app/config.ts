import { join } from 'node:path';
import { checkTogether } from './config-checks.js';
import { ConfigError } from './config-error.js';
import type { ConfigProblem } from './config-error.js';
import { CONFIG_KEYS, CONFIG_KEY_NAMES } from './config-keys.js';
import type { ConfigKey, ConfigValues } from './config-keys.js';
import type { Rule } from './config-rules.js';
import { shapeConfig } from './config-shape.js';
import { findText, readLayers, unknownKeyWarnings } from './config-sources.js';
import type { ConfigSource, Found } from './config-sources.js';
import { packageRoot } from './package-root.js';

export { CONFIG_EXIT_CODE, ConfigError } from './config-error.js';

/** One key as it may be shown. */
export interface Setting {
  key: ConfigKey;
  /** As text; `null` where the key is not set; `(hidden)` for a secret. */
  value: string | null;
  source: ConfigSource;
  /** Read from the file that `KEY_FILE` names. */
  fromFile: boolean;
  secret: boolean;
}

type DeepReadonly<T> = { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** Deeply frozen. Each section is what one part of the process needs to know. */
export type Config = DeepReadonly<ReturnType<typeof shapeConfig>> & {
  readonly settings: readonly Setting[];
  /** To be logged at the start: unknown keys in `.env`, by name. */
  readonly warnings: readonly string[];
};

export interface LoadOptions {
  env?: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for, and what relative paths start from. */
  cwd?: string;
  defaultsFile?: string;
}

/**
 * Reads environment, `.env` and `config.default.env`, in this order of precedence.
 * Throws `ConfigError` with every problem there is.
 */
export function loadConfig(options: LoadOptions = {}): Config {
  const cwd = options.cwd ?? process.cwd();
  const layers = readLayers({
    env: options.env ?? process.env,
    cwd,
    defaultsFile: options.defaultsFile ?? join(packageRoot(), 'config.default.env'),
  });
  const problems: ConfigProblem[] = [];
  const values: Partial<Record<ConfigKey, unknown>> = {};
  const settings = CONFIG_KEY_NAMES.map((key): Setting => {
    const found = findText(key, layers);
    const outcome = valueOf(key, found);
    if ('problem' in outcome) problems.push(outcome.problem);
    else values[key] = outcome.value;
    return settingOf(key, found);
  });
  problems.push(...checkTogether(values as Partial<ConfigValues>));
  if (problems.length > 0) throw new ConfigError(problems);
  const shaped = shapeConfig(values as ConfigValues, cwd);
  return deepFreeze({ ...shaped, settings, warnings: unknownKeyWarnings(layers) });
}

/** Every key with its value and where it came from, secrets hidden. */
export function describeConfig(config: Config): readonly Setting[] {
  return config.settings;
}

function valueOf(key: ConfigKey, found: Found): { value: unknown } | { problem: ConfigProblem } {
  const rule: Rule<unknown> = CONFIG_KEYS[key];
  if (found.problem) return { problem: found.problem };
  if (found.text === undefined) {
    return rule.optional ? { value: null } : { problem: { key, detail: `must be ${rule.expected}` } };
  }
  const value = rule.parse(found.text);
  return value === undefined ? { problem: { key, detail: `must be ${rule.expected}` } } : { value };
}

function settingOf(key: ConfigKey, { text, source, fromFile }: Found): Setting {
  const shown = text !== undefined && CONFIG_KEYS[key].secret ? '(hidden)' : text;
  return { key, value: shown ?? null, source, fromFile, secret: CONFIG_KEYS[key].secret };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
