import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../kernel/clock.js';
import type { Logger } from '../../kernel/logger.js';
import type { PartState } from '../../kernel/part-state.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Principal } from './request-context.js';
import type { Controllers, RouteTable } from './route-table.js';

/** Says who calls, or throws an AppError `unauthenticated`, `forbidden` or `too-many`. */
export type Authenticate = (request: IncomingMessage) => Principal | Promise<Principal>;

export interface Readiness {
  /** Whether REST takes work: 200, else 503. */
  accepting: boolean;
  parts: Readonly<Record<string, PartState>>;
}

export interface HttpServerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** PEM texts; with them the listener is https. */
  tls?: { cert: string | Buffer; key: string | Buffer };
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** The generated module. */
  routes: RouteTable;
  controllers: Controllers;
  authenticate: Authenticate;
  readiness: () => Readiness;
  /** The folder with the page. Default: `public` of the package. */
  publicDir?: string;
  /** Default: `src/generated/openapi.json` of the package. */
  openApiFile?: string;
  limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  /** Default 1 MiB. */
  bodyBytes: number;
  /** Default 2,000; more are refused when they connect. */
  connections: number;
  /** For all headers of a request together. Default 16 KiB. */
  headerBytes: number;
  /** For the headers to come. Default 10,000. */
  headersTimeoutMs: number;
  /** For the whole request to come. Default 30,000. */
  requestTimeoutMs: number;
  /** Between two requests of a connection. Default 15,000. */
  keepAliveTimeoutMs: number;
  /** A connection on which nothing moves at all, a waiting caller included. Default 120,000. */
  idleTimeoutMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 1_048_576,
  connections: 2_000,
  headerBytes: 16_384,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 15_000,
  idleTimeoutMs: 120_000,
};
