export interface HttpAnswer {
  status: number;
  /** `Retry-After` as it came. */
  retryAfter: string | undefined;
  body: string;
}

/** Rejects where there is no answer; the message names no address. */
export type HttpGet = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer>;
