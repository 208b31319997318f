import { answeredOnce, noFaults, nothingLeft, oneResultEach, poisonIsDead } from './check-answers.js';
import { eventsTellHistory, eventsWithoutGap } from './check-events.js';
import { allAccepted, historyReplays, noneDoubled, noneLost, noneStuck } from './check-tasks.js';
import type { CheckResult, Facts } from './facts.js';

const CHECKS: readonly ((facts: Facts) => CheckResult)[] = [
  allAccepted,
  noneLost,
  noneDoubled,
  noneStuck,
  oneResultEach,
  historyReplays,
  eventsWithoutGap,
  eventsTellHistory,
  answeredOnce,
  poisonIsDead,
  nothingLeft,
  noFaults,
];

/** Compares what was handed in with what became of it. */
export function checkAll(facts: Facts): CheckResult[] {
  return CHECKS.map((check) => check(facts));
}
