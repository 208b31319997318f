import type { Transactions } from '../../../kernel/tx.js';
import type { EventIntake, Fate, IntakeOptions } from './event-intake.js';
import type { Fault, StatusEvent } from './status-event.js';

/** An event, and the line it stood on. */
export interface EventLine {
  line: number;
  event: StatusEvent | Fault;
}

export interface SubmitReport {
  cameIn: number;
  logged: number;
  late: number;
  duplicate: number;
  refused: number;
  /** The first that were refused, at most 1,000. */
  errors: { line: number; reason: string; detail: string }[];
}

export interface SubmitEventsDeps {
  db: Transactions;
  intake: EventIntake;
}

const SLICE = 500;
const MOST_ERRORS = 1_000;

/** Their sender is told at once, so nothing of it becomes a dead letter. */
const FROM_REST: IntakeOptions = { way: 'rest', isBuried: () => false };

export type SubmitEvents = ReturnType<typeof createSubmitEvents>;

/** The way in for sites without a broker; durable when it resolves. */
export function createSubmitEvents({ db, intake }: SubmitEventsDeps) {
  /** What became of each event. */
  async function submit(
    events: readonly (StatusEvent | Fault)[],
    clientId: string | undefined,
  ): Promise<Fate[]> {
    const tx = db.begin();
    const { fates } = await intake.add(tx, events, { ...FROM_REST, clientId });
    return fates(await db.commit(tx));
  }

  /** Many, a slice of lines in a transaction. */
  async function submitLines(
    lines: AsyncIterable<EventLine>,
    clientId: string | undefined,
  ): Promise<SubmitReport> {
    const report: SubmitReport = { cameIn: 0, logged: 0, late: 0, duplicate: 0, refused: 0, errors: [] };
    const slice: EventLine[] = [];
    const store = async (): Promise<void> => {
      const taken = slice.splice(0);
      const fates = await submit(
        taken.map(({ event }) => event),
        clientId,
      );
      fates.forEach((fate, i) => count(report, fate, taken[i]!.line));
    };
    for await (const line of lines) {
      if (slice.push(line) === SLICE) await store();
    }
    if (slice.length > 0) await store();
    return report;
  }

  return { submit, submitLines };
}

function count(report: SubmitReport, fate: Fate, line: number): void {
  report.cameIn++;
  if (fate.kind === 'duplicate') report.duplicate++;
  else if (fate.kind !== 'refused') {
    report.logged++;
    if (fate.kind === 'late') report.late++;
  } else {
    report.refused++;
    const { reason, detail } = fate;
    if (report.errors.length < MOST_ERRORS) report.errors.push({ line, reason, detail });
  }
}
