import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../app/config.js';
import { messageOf } from '../../kernel/errors.js';
import { withoutCredentials } from '../../platform/log/clean-text.js';
import { printable } from '../terminal-text.js';
import { fail } from './finding.js';
import type { Check, Finding } from './finding.js';

const LONGEST_MS = 10_000;
const LONGEST_TEXT = 400;

/** Runs all checks at once, each for 10 s at most; findings come in the order of the checks, without a secret. */
export async function runChecks(
  checks: readonly Check[],
  config: Config,
  longestMs = LONGEST_MS,
): Promise<Finding[]> {
  const all = await Promise.all(checks.map((check) => runOne(check, config, longestMs)));
  const clean = cleaner(config);
  return all.flat().map(({ check, status, found, todo }) => {
    return { check: clean(check), status, found: clean(found), todo: todo && clean(todo) };
  });
}

async function runOne({ name, run }: Check, config: Config, longestMs: number): Promise<Finding[]> {
  const controller = new AbortController();
  const late = pause(longestMs, undefined, { signal: controller.signal }).then(
    () => [fail(name, `no answer within ${longestMs / 1000} s`, 'see whether it hangs, and the way to it')],
    () => [],
  );
  try {
    const found = (async () => run({ config, signal: controller.signal }))();
    found.catch(() => undefined); // rejects too after having been late
    return await Promise.race([found, late]);
  } catch (error) {
    return [fail(name, messageOf(error), 'see what the message says')];
  } finally {
    controller.abort();
  }
}

/** Messages of libraries and servers may hold anything. */
function cleaner({ broker, db, cache }: Config): (text: string) => string {
  const passwords = [broker.url, db.url, cache.url].flatMap((url) => (url === null ? [] : passwordsOf(url)));
  return (text) => {
    let clean = withoutCredentials(printable(text));
    for (const password of passwords) clean = clean.replaceAll(password, '[redacted]');
    return clean.length <= LONGEST_TEXT ? clean : `${clean.slice(0, LONGEST_TEXT)}…`;
  };
}

function passwordsOf(url: string): string[] {
  const { password } = new URL(url);
  if (password.length < 3) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
