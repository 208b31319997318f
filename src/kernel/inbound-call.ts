/**
 * A POST that another system makes by its own rules, and that shows by its headers who sends it: no token of ours is
 * asked for, and it is no part of our own interface.
 */
export interface InboundCall {
  /** Where it comes in: `/telegram/updates`. */
  path: string;
  /** Whether the sender is who it should be; looked at before anything of the body is read. Names are in lower case. */
  admits: (headers: Readonly<Record<string, string | string[] | undefined>>) => boolean;
  /** Takes the body, parsed; answered with 200 when it resolves. Rejects with an `AppError` where it shall come again. */
  receive: (body: unknown) => Promise<void>;
}
