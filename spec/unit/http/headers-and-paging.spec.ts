import { expect } from 'chai';
import fc from 'fast-check';
import Koa, { type Request } from 'koa';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { AppError } from '../../../src/kernel/errors.js';
import { createClientAddresses } from '../../../src/platform/http/client-address.js';
import { requireMatch } from '../../../src/platform/http/etag.js';
import { acceptsCsv } from '../../../src/platform/http/negotiation.js';
import { decodeCursor, encodeCursor, linkToNext } from '../../../src/platform/http/paging.js';
import { preferredWaitS } from '../../../src/platform/http/prefer.js';

function incoming(headers: Record<string, string>, url = '/', remoteAddress = '127.0.0.1'): IncomingMessage {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
  return Object.assign(new IncomingMessage(socket), { headers, url, method: 'GET' });
}

function requestWith(headers: Record<string, string>, url?: string): Request {
  const message = incoming(headers, url);
  return new Koa().createContext(message, new ServerResponse(message)).request;
}

function kindOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error instanceof AppError ? error.kind : error;
  }
}

describe('headers and paging', () => {
  it('reads Prefer: wait=N among other preferences, and refuses a wait out of bounds', () => {
    const wait = (prefer: string): unknown => kindOf(() => preferredWaitS(requestWith({ prefer })));
    expect(wait('wait=10')).to.equal(10);
    expect(wait('respond-async, wait = "60"; x=1')).to.equal(60);
    expect(wait('Wait=1, wait=7')).to.equal(1);
    expect(wait('respond-async, await=5')).to.equal(undefined);
    expect(preferredWaitS(requestWith({}))).to.equal(undefined);
    for (const bad of ['wait', 'wait=', 'wait=0', 'wait=61', 'wait=1.5', 'wait=-1', 'wait=x']) {
      expect(wait(bad), bad).to.equal('invalid');
    }
  });

  it('honours If-Match by strong comparison', () => {
    const match = (header: string): unknown =>
      kindOf(() => requireMatch(requestWith({ 'if-match': header }), '"a-1"'));
    for (const good of ['"a-1"', '*', '"b", "a-1"']) expect(match(good), good).to.equal(undefined);
    for (const bad of ['"a-2"', 'W/"a-1"', 'a-1']) expect(match(bad), bad).to.equal('precondition-failed');
    expect(kindOf(() => requireMatch(requestWith({}), '"a-1"'))).to.equal(undefined);
  });

  it('answers JSON unless CSV is liked better, and 406 where neither is', () => {
    const csv = (accept: string): unknown => kindOf(() => acceptsCsv(requestWith({ accept })));
    expect([csv('*/*'), csv('text/csv'), csv('application/json, text/csv;q=0.5')]).to.deep.equal([
      false,
      true,
      false,
    ]);
    expect(csv('image/png')).to.equal('not-acceptable');
  });

  it('gives back the parts of its cursors, and refuses all others', () => {
    const part = fc.oneof(fc.string({ maxLength: 50 }), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        expect(decodeCursor(encodeCursor(parts))).to.deep.equal(parts);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(kindOf(() => decodeCursor(text))).to.satisfy(
          (read: unknown) => read === 'invalid' || Array.isArray(read),
        );
      }),
    );
    expect(kindOf(() => decodeCursor('x'.repeat(2_000)))).to.equal('invalid');
  });

  it('links to the next page with the parameters of this one', () => {
    const request = requestWith({}, '/api/v1/tasks?limit=2&task_status=error&cursor=old');
    expect(linkToNext(request, 'new')).to.equal(
      '</api/v1/tasks?limit=2&task_status=error&cursor=new>; rel="next"',
    );
  });

  it('sees through named proxies alone', () => {
    const addresses = createClientAddresses(['10.0.0.0/8', '::1', '127.0.0.1']);
    const of = (forwarded: string, from: string): string =>
      addresses.of(incoming({ 'x-forwarded-for': forwarded }, '/', from));
    expect(of('203.0.113.9', '192.0.2.1')).to.equal('192.0.2.1');
    expect(of('203.0.113.9', '10.1.2.3')).to.equal('203.0.113.9');
    expect(of('1.1.1.1, 203.0.113.9, 10.9.9.9', '::ffff:10.1.2.3')).to.equal('203.0.113.9');
    expect(of('nonsense', '10.1.2.3')).to.equal('10.1.2.3');
    expect(of('203.0.113.9', '::1')).to.equal('203.0.113.9');
  });
});
