import type { ApiClient } from './api-client.js';

/** A course as the API has it. */
export interface ApiCourse {
  direction: string;
  value_text: string;
  exchanger: string;
  updated_at: string;
  age_s: number;
  stale: boolean;
  quoted_in?: string;
  diverged?: boolean;
}

export interface ApiCandle {
  at: string;
  open: string;
  high: string;
  low: string;
  close: string;
  exchanger: string;
}

export interface ApiConversion {
  from: string;
  to: string;
  amount: string;
  result: string;
  rate: string;
  path: string[];
  updated_at: string;
  stale: boolean;
}

/** What is followed at one source. */
export interface ApiTradeInfo {
  id: string;
  exchanger: string;
  url: string | null;
  symbols: string[];
  currencies: string[];
  priority: number;
  enabled: boolean;
  stale_after_s: number;
}

export interface ApiAlert {
  id: string;
  pair: string;
  op: 'above' | 'below' | 'change_pct';
  value: string;
  window_s: number | null;
  channels: { kind: string; chat_id?: string }[];
  state: string;
  fired_at: string | null;
  fired_value: string | null;
  fired_count: number;
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

const PAGE = 1_000;
const ROWS = '/api/v1/trade_info';
const ALERTS = '/api/v1/alerts';

/** An address with what of `query` has a value. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(filled.map(([name, value]): [string, string] => [name, String(value)]));
  return filled.length === 0 ? path : `${path}?${search.toString()}`;
}

export async function courses(client: ApiClient, exchanger?: string): Promise<ApiCourse[]> {
  const { value } = await client.json(withQuery('/api/v1/courses', { exchanger }));
  return (value as { courses: ApiCourse[] }).courses;
}

/** Rejects where nothing is known of the pair. */
export async function course(client: ApiClient, pair: string): Promise<ApiCourse> {
  const { value } = await client.json(withQuery('/api/v1/currency_pair', { currency_pair: pair }));
  return (value as { courses: ApiCourse[] }).courses[0]!;
}

/** Its address; the answer's form is asked for with `Accept`. */
export function historyPath(
  pair: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  return withQuery(`/api/v1/rates/${encodeURIComponent(pair)}/history`, query);
}

export async function convert(
  client: ApiClient,
  query: { amount: string; from: string; to: string },
): Promise<ApiConversion> {
  return (await client.json(withQuery('/api/v1/convert', query))).value as ApiConversion;
}

export function followed(client: ApiClient): Promise<ApiTradeInfo[]> {
  return all<ApiTradeInfo>(client, ROWS, {});
}

/** `key` makes repeated calls one. */
export async function follow(client: ApiClient, row: object, key: string): Promise<ApiTradeInfo> {
  const headers = { 'idempotency-key': key };
  return (await client.json(ROWS, { method: 'POST', headers, body: row })).value as ApiTradeInfo;
}

export async function changeFollowed(client: ApiClient, id: string, patch: object): Promise<ApiTradeInfo> {
  const path = `${ROWS}/${encodeURIComponent(id)}`;
  return (await client.json(path, { method: 'PATCH', body: patch })).value as ApiTradeInfo;
}

export async function unfollow(client: ApiClient, id: string): Promise<void> {
  await client.text(`${ROWS}/${encodeURIComponent(id)}`, { method: 'DELETE', once: true });
}

export function alerts(client: ApiClient, query: { pair?: string }): Promise<ApiAlert[]> {
  return all<ApiAlert>(client, ALERTS, query);
}

export async function addAlert(client: ApiClient, alert: object): Promise<ApiAlert> {
  return (await client.json(ALERTS, { method: 'POST', once: true, body: alert })).value as ApiAlert;
}

export async function removeAlert(client: ApiClient, id: string): Promise<void> {
  await client.text(`${ALERTS}/${encodeURIComponent(id)}`, { method: 'DELETE', once: true });
}

async function all<T>(client: ApiClient, path: string, query: Record<string, string>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const address = withQuery(path, { ...query, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    const page = (await client.json(address)).value as Page<T>;
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}
