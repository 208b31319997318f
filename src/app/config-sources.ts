import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError } from './config-error.js';
import { nearest } from './config-suggest.js';
import { CONFIG_KEYS, CONFIG_KEY_NAMES, isConfigKey } from './config-keys.js';
import type { ConfigKey } from './config-keys.js';

/** Where a value came from. */
export type ConfigSource = 'environment' | '.env' | 'default';

type Variables = Readonly<Record<string, string | undefined>>;

/** One place that values come from; the first that has a key wins. */
export interface Layer {
  source: ConfigSource;
  variables: Variables;
}

export interface LayerOptions {
  env: Variables;
  cwd: string;
  defaultsFile: string;
}

/** Highest precedence first. Throws `ConfigError` where a file that is there cannot be read. */
export function readLayers({ env, cwd, defaultsFile }: LayerOptions): Layer[] {
  return [
    { source: 'environment', variables: env },
    { source: '.env', variables: readVariables(join(cwd, '.env'), '.env', true) },
    { source: 'default', variables: readVariables(defaultsFile, 'config.default.env', false) },
  ];
}

function readVariables(file: string, name: string, mayBeMissing: boolean): Variables {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const code = codeOf(error);
    if (mayBeMissing && code === 'ENOENT') return {};
    throw new ConfigError([{ key: name, detail: `cannot be read (${code})` }]);
  }
}

/** What the layers say about one key. */
export interface Found {
  /** `undefined` where no layer sets the key. */
  text: string | undefined;
  source: ConfigSource;
  /** Whether the text was read from the file that `KEY_FILE` names. */
  fromFile: boolean;
  /** Why the text could not be had, to be put after the key's name. */
  problem?: { key: string; detail: string };
}

/** The first layer that sets `key`, or `key_FILE` where the key is a secret, decides. */
export function findText(key: ConfigKey, layers: readonly Layer[]): Found {
  const fileKey = CONFIG_KEYS[key].secret ? `${key}_FILE` : undefined;
  for (const { source, variables } of layers) {
    const text = textOf(variables[key]);
    const file = fileKey && textOf(variables[fileKey]);
    if (fileKey && file && text) {
      const problem = { key, detail: `and ${fileKey} are both set; one of them is expected` };
      return { text: undefined, source, fromFile: false, problem };
    }
    if (fileKey && file) return { source, fromFile: true, ...readSecret(fileKey, file) };
    if (text) return { text, source, fromFile: false };
  }
  return { text: undefined, source: 'default', fromFile: false };
}

function readSecret(key: string, file: string): Pick<Found, 'text' | 'problem'> {
  try {
    const text = textOf(readFileSync(file, 'utf8'));
    if (text) return { text };
    return { text: undefined, problem: { key, detail: 'must name a file that is not empty' } };
  } catch (error) {
    const detail = `must name a file that can be read (${codeOf(error)})`;
    return { text: undefined, problem: { key, detail } };
  }
}

/** Empty, or white space alone, is not set. */
function textOf(raw: string | undefined): string | undefined {
  return raw?.trim() || undefined;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : 'unreadable';
}

const MOST_WARNINGS = 20;
const LONGEST_NAME = 64;

/** Names in `.env` that are no key; those of the command line client (`SWITCHYARD_…`) are its own. */
export function unknownKeyWarnings(layers: readonly Layer[]): string[] {
  const variables = layers.find((layer) => layer.source === '.env')?.variables ?? {};
  const unknown = Object.keys(variables).filter((name) => !isKnown(name));
  return unknown.slice(0, MOST_WARNINGS).map((name) => {
    const shown = name.slice(0, LONGEST_NAME);
    const meant = nearest(shown, CONFIG_KEY_NAMES);
    return `${shown} in .env is not a known key${meant ? `; did you mean ${meant}?` : ''}`;
  });
}

function isKnown(name: string): boolean {
  if (isConfigKey(name) || name.startsWith('SWITCHYARD_')) return true;
  const secret = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : '';
  return isConfigKey(secret) && CONFIG_KEYS[secret].secret;
}
