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

/** RFC 9457, as far as the service promises it. */
export interface ApiProblem {
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
}
