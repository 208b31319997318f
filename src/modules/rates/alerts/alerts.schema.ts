import type { Uuid } from '../../../kernel/ids.js';
import type { AlertOp, AlertState } from './alert.js';

export interface AlertsSchema {
  rate_alerts: AlertsTable;
}

export interface AlertsTable {
  id: Uuid;
  pair: string;
  op: AlertOp;
  value: string;
  window_s: number | null;
  /** JSON. */
  channels: string;
  chat_id: string | null;
  number: number | null;
  state: AlertState;
  fired_at: number | null;
  fired_value: string | null;
  fired_count: number;
  created_at: number;
  created_by: string;
  version: number;
}
