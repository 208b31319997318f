import { once } from 'node:events';
import { createServer } from 'node:net';
import { Agent, request } from 'undici';
import type { Config } from '../../app/config.js';
import { messageOf } from '../../kernel/errors.js';
import { judgeClock } from './clock-finding.js';
import { fail, ok, warn } from './finding.js';
import type { Check, Finding } from './finding.js';

const TIMEOUT_MS = 5_000;
/** The `Date` header has whole seconds. */
const DATE_GRAIN_MS = 1_000;

interface Answer {
  status: number;
  date: string | undefined;
  body: { status?: unknown; parts?: Record<string, { status: string; detail?: string }> } | undefined;
  sentAt: number;
  gotAt: number;
}

/** Whether a service runs at the configured address, and else whether one could. */
export const checkService: Check = {
  name: 'service',
  async run({ config, signal }) {
    const { host, port } = config.http;
    if (port === 0) return [ok('service', 'PORT=0: any free port is taken at the start')];
    const address = addressOf(config);
    // Its certificate may be for another name; it is asked nothing secret.
    const agent = new Agent({ connect: { rejectUnauthorized: false, timeout: TIMEOUT_MS } });
    try {
      const live = await ask(agent, `${address}/livez`, signal);
      if (live === undefined) return [await judgePort(host, port)];
      if (live.status !== 200 || live.body?.status !== 'ok') return [taken(address)];
      return [...judgeReadiness(address, await ask(agent, `${address}/readyz`, signal)), clockOf(live)];
    } finally {
      await agent.destroy();
    }
  },
};

function addressOf({ http: { host, port }, tls }: Config): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${tls ? 'https' : 'http'}://${own.includes(':') ? `[${own}]` : own}:${port}`;
}

/** Undefined where nobody answers in HTTP. */
async function ask(dispatcher: Agent, url: string, signal: AbortSignal): Promise<Answer | undefined> {
  const sentAt = Date.now();
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      signal,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const gotAt = Date.now();
    const parsed = (await body.json().catch(() => undefined)) as Answer['body'];
    return { status: statusCode, date: headers['date']?.toString(), body: parsed, sentAt, gotAt };
  } catch {
    return undefined;
  }
}

async function judgePort(host: string, port: number): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok('service', `none runs; port ${port} is free`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') return taken(`${host}:${port}`);
    const todo =
      code === 'EACCES' ? 'ports below 1024 need rights: name another PORT' : 'correct HOST and PORT';
    return fail('service', `none can listen at ${host}:${port}: ${messageOf(error)}`, todo);
  } finally {
    server.close();
  }
}

function taken(address: string): Finding {
  return fail('service', `another program has ${address}`, 'stop it, or name another PORT');
}

function judgeReadiness(address: string, ready: Answer | undefined): Finding[] {
  const status = typeof ready?.body?.status === 'string' ? ready.body.status : 'does not say';
  const found = `one runs at ${address}, readiness: ${status}`;
  const todo = 'see its log, and the checks below';
  const parts = Object.entries(ready?.body?.parts ?? {})
    .filter(([, part]) => part.status !== 'ok')
    .map(([name, part]) =>
      warn(`service part ${name}`, [part.status, part.detail].filter(Boolean).join(': '), todo),
    );
  return [status === 'ok' ? ok('service', found) : warn('service', found, todo), ...parts];
}

function clockOf({ date, sentAt, gotAt }: Answer): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return warn('service clock', 'it sends no Date', 'see what stands between');
  return judgeClock('service clock', theirs, sentAt, gotAt, DATE_GRAIN_MS);
}
