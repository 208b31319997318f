import { Writable } from 'node:stream';
import { systemClock } from '../../src/kernel/clock.js';
import { createHttpServer, type HttpServer } from '../../src/platform/http/http-server.js';
import type { HttpServerOptions } from '../../src/platform/http/http-options.js';
import { createLogger } from '../../src/platform/log/create-logger.js';
import { createMetrics } from '../../src/platform/metrics/metrics.js';

export interface HttpFixture {
  http: HttpServer;
  url: string;
  port: number;
  /** Everything logged so far, one object a line. */
  logged: Record<string, unknown>[];
}

/** A listening server on a free port, whose callers are admins unless `options` says otherwise. */
export async function startHttp(options: Partial<HttpServerOptions> = {}): Promise<HttpFixture> {
  const logged: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString().trim().split('\n'))
        logged.push(JSON.parse(line) as Record<string, unknown>);
      done();
    },
  });
  const http = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: createLogger({ level: 'debug', pretty: false, destination }),
    metrics: createMetrics(),
    routes: { models: {}, routes: [] },
    controllers: [],
    authenticate: () => ({ role: 'admin', name: 'spec' }),
    readiness: () => ({ ready: true, status: 'ok', parts: { database: { status: 'ok' } } }),
    ...options,
  });
  const port = await http.start();
  return { http, port, url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`, logged };
}
