import { toRfc3339 } from '../../../kernel/clock.js';
import type { Clock } from '../../../kernel/clock.js';
import type { LogDays } from './log-days.js';
import type { LogEntry, LogPage, LogPosition, StatusLogQueries } from './status-log.queries.js';
import { DAY_MS } from './log-day.js';

export interface LogRequest {
  sensorId: string;
  from: Date | undefined;
  to: Date | undefined;
  status: string | undefined;
  after: LogPosition | undefined;
  limit: number;
}

export type LogApi = ReturnType<typeof createLogApi>;

/** The status log of one sensor, by pages. */
export function createLogApi({
  queries,
  days,
  clock,
}: {
  queries: StatusLogQueries;
  days: Pick<LogDays, 'oldestKept'>;
  clock: Clock;
}) {
  return {
    /** `last` is the last entry where there are more. */
    async read(request: LogRequest): Promise<{ entries: LogEntry[]; last: LogEntry | undefined }> {
      const { sensorId, status, after, limit } = request;
      const period = {
        from: Math.max(request.from?.getTime() ?? 0, days.oldestKept()),
        to: Math.min(request.to?.getTime() ?? Infinity, clock.now() + DAY_MS),
      };
      const page: LogPage = { sensorId, ...period, status, after, limit: limit + 1 };
      const found = await queries.list(page);
      const entries = found.slice(0, limit);
      return { entries, last: found.length > limit ? entries.at(-1) : undefined };
    },
  };
}

/** The page as JSON text: payloads go out as they came in. */
export function logPage(entries: readonly LogEntry[], nextCursor: string | null): string {
  return `{"items":[${entries.map(entryJson).join(',')}],"next_cursor":${JSON.stringify(nextCursor)}}`;
}

function entryJson({ at, arrived, status, payload }: LogEntry): string {
  const received = toRfc3339(Math.floor(arrived / 1_000));
  return `{"at":"${toRfc3339(at)}","received_at":"${received}","status":${JSON.stringify(status)},"payload":${payload ?? 'null'}}`;
}
