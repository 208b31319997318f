import type { AlarmRule } from './alarm-rule.js';

/** What is remembered between two looks at one sensor under one rule. Times are epoch ms. */
export interface Watch {
  /** Since when the condition has held; null while it does not. */
  since: number | null;
  /** When the status changed, of late, oldest first; for flapping. */
  changes: readonly number[];
  /** Whether there is an active alarm. */
  active: boolean;
}

export type Input =
  /** The status has become another one. */
  | { kind: 'changed'; to: string; at: number }
  /** Only time has passed. */
  | { kind: 'tick'; at: number };

export interface Step {
  watch: Watch;
  act: 'raise' | 'clear' | null;
  /** When time alone will change something; null: never. */
  dueAt: number | null;
}

export const IDLE: Watch = { since: null, changes: [], active: false };

type Rule = Pick<AlarmRule, 'condition' | 'forMs'>;

/**
 * The whole of an alarm's life, but for silence, which is found by looking for it:
 *
 * | condition | raised | cleared |
 * |---|---|---|
 * | `status` | when the sensor has been in one of the states for the rule's duration | when it is in none of them |
 * | `flapping` | at the change that makes it so many within the time | when fewer are within it |
 */
export function step(rule: Rule, watch: Watch, input: Input): Step {
  return rule.condition.kind === 'flapping'
    ? stepFlapping(rule.condition, watch, input)
    : stepStatus(rule, watch, input);
}

function stepStatus({ condition, forMs }: Rule, watch: Watch, input: Input): Step {
  const statuses = condition.kind === 'status' ? condition.statuses : [];
  let { since } = watch;
  if (input.kind === 'changed') since = statuses.includes(input.to) ? (since ?? input.at) : null;
  const active = since !== null && (watch.active || input.at - since >= forMs);
  const dueAt = since !== null && !active ? since + forMs : null;
  return { watch: { since, changes: [], active }, act: actOf(watch.active, active), dueAt };
}

function stepFlapping(
  { changes: most, withinMs }: { changes: number; withinMs: number },
  watch: Watch,
  input: Input,
): Step {
  const all = input.kind === 'changed' ? [...watch.changes, input.at] : watch.changes;
  // One more than counts is never needed, however fast it flaps.
  const changes = all.filter((at) => at > input.at - withinMs).slice(-most);
  const active = changes.length >= most;
  const oldest = changes[0];
  const dueAt = oldest === undefined ? null : oldest + withinMs;
  return { watch: { since: null, changes, active }, act: actOf(watch.active, active), dueAt };
}

function actOf(before: boolean, after: boolean): Step['act'] {
  if (before === after) return null;
  return after ? 'raise' : 'clear';
}
