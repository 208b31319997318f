import { PHONES } from '../support/attempts-file.js';
import type { SeededRandom } from '../support/seeded-random.js';

/**
 * `fast` is answered from the cache, `slow` reads the whole data file, `unknown` asks for phones that nobody has,
 * `unwanted` is cancelled by its client soon after, `poison` is no valid job.
 */
export type JobKind = 'fast' | 'slow' | 'unknown' | 'unwanted' | 'poison';

export interface Job {
  readonly number: number;
  readonly way: 'rest' | 'queue';
  readonly kind: JobKind;
  /** Idempotency-Key or message id. */
  readonly key: string;
  /** JSON token, unlike that of any other job; null where poison has none that can be read. */
  readonly correlationId: string | null;
  readonly phones: readonly number[];
  readonly body: string;
  /** Why poison is refused. */
  readonly reason?: string;
  /** Handed in once more, as by a client that did not see or does not remember that it was taken. */
  readonly askedTwice: boolean;
  /** For REST: seconds of `Prefer: wait`. */
  readonly waitS?: number;
  /** For `unwanted`: when its client gives it up. */
  readonly cancelAfterMs: number;
}

/** Longest message that the service is set to take. */
export const MESSAGE_MAX_BYTES = 4_096;
/** Before every attempt of a generated data file, so that the period cuts nothing off and is only new to the cache. */
const BEFORE_ALL_MS = Date.UTC(2023, 0, 1) - 1;

/** Makes the jobs of a run: equal random numbers give equal jobs. */
export function makeJobs(count: number, random: SeededRandom): Job[] {
  return Array.from({ length: count }, (_, number) => makeJob(number, random));
}

function makeJob(number: number, random: SeededRandom): Job {
  const way = random.chance(0.5) ? 'rest' : 'queue';
  const kind = kindOf(way, random);
  const correlationId = correlationIdOf(number, random.between(0, 3));
  const phones = kind === 'unknown' ? [PHONES + 1 + number] : phonesOf(random);
  const base = {
    number,
    way,
    kind,
    key: `torture-${number}-${random.between(0, 1e9).toString(36)}`,
    phones,
    askedTwice: random.chance(0.1),
    cancelAfterMs: random.between(0, 300),
    ...(random.chance(0.1) ? { waitS: 5 } : {}),
  } as const;
  if (kind === 'poison') return { ...base, ...poison(correlationId, random.between(0, 4)) };
  return { ...base, correlationId, body: bodyOf(way, correlationId, phones, periodOf(kind, number, random)) };
}

function kindOf(way: Job['way'], random: SeededRandom): JobKind {
  const drawn = random.next();
  if (drawn < 0.15) return 'slow';
  if (drawn < 0.22) return 'unwanted';
  if (drawn < 0.27) return 'unknown';
  return drawn < 0.32 && way === 'queue' ? 'poison' : 'fast';
}

/** Forms that a careless reader of JSON would change. */
function correlationIdOf(number: number, form: number): string {
  const forms = [
    `${number}`,
    `${9_223_372_036_854_775_807n - BigInt(number)}`,
    `${number}.50`,
    `"job \\u00e9/${number}"`,
  ];
  return forms[form]!;
}

function phonesOf(random: SeededRandom): number[] {
  const all = Array.from({ length: PHONES }, (_, phone) => phone);
  return random.shuffled(all).slice(0, random.between(1, 5));
}

function periodOf(kind: JobKind, number: number, random: SeededRandom): string {
  const slow = kind === 'slow' || (kind === 'unwanted' && random.chance(0.5));
  return slow ? `,"from":${BEFORE_ALL_MS - number}` : '';
}

function bodyOf(way: Job['way'], correlationId: string, phones: readonly number[], period: string): string {
  const name = way === 'rest' ? 'numbers' : 'phones';
  return `{"correlation_id":${correlationId},"${name}":[${phones.join(',')}]${period}}`;
}

/** Each is a dead letter with its reason; where the correlation id can be read, it is answered too. */
function poison(id: string, form: number): Pick<Job, 'correlationId' | 'body' | 'reason'> {
  const forms = [
    { correlationId: null, body: `{"correlation_id":${id},"phones":[1`, reason: 'invalid-json' },
    { correlationId: null, body: `[${id}]`, reason: 'not-an-object' },
    { correlationId: null, body: `{"phones":[1],"job":${id}}`, reason: 'invalid-job' },
    { correlationId: id, body: `{"correlation_id":${id},"phones":["one"]}`, reason: 'invalid-job' },
    {
      correlationId: id,
      body: `{"correlation_id":${id},"phones":[1],"more":"${'x'.repeat(MESSAGE_MAX_BYTES)}"}`,
      reason: 'too-large',
    },
  ];
  return forms[form]!;
}
