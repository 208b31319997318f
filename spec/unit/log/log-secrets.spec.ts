import { expect } from 'chai';
import { createLogger } from '../../../src/platform/log/create-logger.js';
import type { LoggerOptions } from '../../../src/platform/log/create-logger.js';

function recorded(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ level: 'info', pretty: false, destination, ...options });
  return { log, lines, entry: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('what the log is given', () => {
  it('carries the fields of a child on every line of it', () => {
    const { log, entry } = recorded();
    log.child({ request_id: 'r1', token: 'abc' }).child({ attempt: 2 }).info({}, 'taken');
    expect(entry()).to.include({ request_id: 'r1', token: '[redacted]', attempt: 2 });
  });

  it('hides secrets by their keys at any depth, and not what is told about them', () => {
    const { log, lines, entry } = recorded();
    const headers = { Authorization: 'Bearer s3cret-1', 'set-cookie': ['a=s3cret-2'], accept: 'text/csv' };
    const deep = {
      a: [{ b: { clientSecret: 's3cret-3', dbPassword: 's3cret-4', access_token: 's3cret-5' } }],
    };
    log.info({ request: { headers }, deep, token_name: 'ci' }, 'got');
    expect(lines[0]).not.to.include('s3cret');
    expect(entry()).to.include({ token_name: 'ci' });
    expect(entry()).to.have.nested.property('request.headers.accept', 'text/csv');
  });

  it('strips credentials of URLs in fields, messages, stacks and causes', () => {
    const { log, lines } = recorded();
    const url = 'amqp://guest:s3cret@broker:5672/%2f';
    const cause = new Error(`connect ${url}`);
    log.error(
      { url, err: new Error(`no ${url}`, { cause }), at: new URL('http://u:s3cret@h/') },
      `lost ${url}`,
    );
    log.error(
      {},
      'postgres://u:s3cret/with@slash@db/x and https://h/?access_token=s3cret and Bearer s3cret-s3cret',
    );
    expect(lines.join('')).not.to.include('s3cret');
    expect(lines[0]).to.include('amqp://broker:5672/%2f');
  });

  it('leaves URLs without credentials as they are', () => {
    const { log, entry } = recorded();
    log.info({ url: 'http://host:8080/users/a@b.example?c=d' }, 'https://host/x@y');
    expect(entry()).to.include({ url: 'http://host:8080/users/a@b.example?c=d', msg: 'https://host/x@y' });
  });

  it('hides a password whose URL is cut off before its end', () => {
    const { log, lines } = recorded();
    log.info({}, `${'x'.repeat(8_170)} amqp://guest:s3cret${'y'.repeat(99)}@host`);
    expect(lines[0]).not.to.include('s3cret');
  });

  it('writes an error with its stack, its codes and the chain of its causes', () => {
    const { log, entry } = recorded();
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', port: 5672 });
    log.error({ err: new TypeError('outer', { cause: new AggregateError([refused], '') }) }, 'failed');
    expect(entry()).to.have.nested.property('err.type', 'TypeError');
    expect(entry()['err']).to.have.property('stack').that.includes('log-secrets.spec');
    expect(entry()).to.have.nested.property('err.cause.errors[0].code', 'ECONNREFUSED');
    expect(entry()).to.have.nested.property('err.cause.errors[0].port', 5672);
  });

  it('stays bounded and does not fail, whatever it is given', () => {
    const { log, lines, entry } = recorded();
    const cycle: Record<string, unknown> = { big: 2n ** 64n, when: new Date(NaN), bytes: Buffer.alloc(9) };
    cycle['self'] = cycle;
    const wide = Array.from({ length: 5_000 }, (_, i) => ({
      i,
      list: Array.from({ length: 200 }, () => 'x'),
    }));
    const angry = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    log.info({ cycle, wide, long: 'z'.repeat(1_000_000) }, 'odd');
    expect(lines[0]!.length).to.be.below(64 * 1024);
    expect(entry()).to.have.nested.property('cycle.big', '18446744073709551616');
    expect(entry()).to.have.nested.property('cycle.bytes', '[9 bytes]');
    log.info(angry, 'still here');
    expect(entry()).to.include({ msg: 'still here' });
  });

  it('is written for people where it is pretty', () => {
    const { log, lines } = recorded({ pretty: true });
    log.info({ port: 8000 }, 'listening');
    expect(lines[0]).to.match(/INFO.*listening.*"?port"?: ?8000/s);
    expect(lines[0]).not.to.match(/^\{/);
  });
});
