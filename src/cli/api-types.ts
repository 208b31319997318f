/** A task as the API shows it. */
export interface ApiTask {
  task_id: string;
  task_name: string;
  task_status: 'pending' | 'in_work' | 'completed' | 'error' | 'cancelled';
  received: string;
  completed: string | null;
  error_message: string | null;
}

/** One phone of a report; durations in seconds. */
export interface ApiPhone {
  phone: number;
  cnt_all_attempts: number;
  cnt_att_dur: { '10_sec': number; '10_30_sec': number; '30_sec': number };
  min_price_att: number;
  max_price_att: number;
  avg_dur_att: number;
  sum_price_att_over_15: number;
}

export interface ApiReport {
  data: ApiPhone[];
  not_found?: number[];
  /** Seconds. */
  total_duration: number;
  received: string;
}

export interface ReportRequest {
  numbers: readonly number[];
  correlation_id: string;
  from?: string | number;
  to?: string | number;
}

/** A dead letter as lists show it. */
export interface ApiDeadLetter {
  id: string;
  kind: 'message' | 'task';
  source: string;
  reason: string;
  error: string;
  attempts: number;
  first_at: string;
  last_at: string;
  task_id: string | null;
  status: 'waiting' | 'replayed' | 'discarded';
  acted_at: string | null;
  acted_by: string | null;
  action_reason: string | null;
  replayed_as: string | null;
}

/** One dead letter with what it holds. */
export interface ApiOpenedLetter extends ApiDeadLetter {
  headers: Record<string, unknown>;
  payload: unknown;
  payload_encoding: 'json' | 'text' | 'base64';
  payload_bytes: number;
  payload_truncated: boolean;
  history: { at: string; action: string; by: string; reason: string | null; detail: string | null }[];
}

/** What a bulk would do, or does. */
export interface ApiBulk {
  dry_run: boolean;
  matched: number;
  accepted?: number;
  sample?: ApiDeadLetter[];
}

/** RFC 9457, as far as the service promises it. */
export interface ApiProblem {
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
}
