import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { deadLetterOf, deadMessageOf } from '../../../src/platform/broker/dead-delivery.js';
import type { Delivery } from '../../../src/platform/broker/index.js';
import { messageKey } from '../../../src/platform/broker/inbox.js';
import { jsonOf, shortened } from '../../../src/platform/broker/storable-text.js';

const delivery: Delivery = {
  queue: 'task_report',
  body: Buffer.from('not json'),
  messageId: undefined,
  correlationId: 'c',
  replyTo: 'amq.gen-1',
  type: undefined,
  contentType: undefined,
  headers: { retry: 2 },
  redelivered: false,
};
const now = Date.UTC(2026, 0, 2);
const death = { reason: 'invalid-json', detail: 'd'.repeat(5_000), attempts: 1, firstAt: now - 1, now };

describe('a delivery that is given up', () => {
  it('becomes a message with bounded reason headers and what properties it had', () => {
    const message = deadMessageOf(delivery, death);
    expect(message).to.include({ routingKey: 'task_report.dead', contentType: '', correlationId: 'c' });
    expect(message.messageId).to.match(/^[0-9a-f-]{36}$/);
    expect(message.headers).to.include({
      'x-reason': 'invalid-json',
      'x-first-at': '2026-01-01T23:59:59.999Z',
    });
    expect(message.headers!['x-detail']).to.have.length(1_000);
    expect(message).not.to.have.property('type');
  });

  it('becomes a row that keeps its properties beside its headers', () => {
    const letter = deadLetterOf(delivery, death);
    expect(letter.headers).to.deep.equal({ retry: 2 });
    expect(letter.properties).to.deep.equal({ correlationId: 'c', replyTo: 'amq.gen-1' });
    expect(letter.body).to.equal(delivery.body);
  });
});

describe('what names a message', () => {
  it('is its id, and its bytes where it has none', async () => {
    expect(await messageKey({ ...delivery, messageId: 'm' })).to.equal('id:m');
    expect(await messageKey({ ...delivery, messageId: '' })).to.match(/^bytes:[0-9a-f]{64}$/);
    expect(await messageKey(delivery)).to.equal(await messageKey({ ...delivery, headers: {} }));
  });

  it('is the same hash wherever it is computed', async () => {
    const body = Buffer.alloc(1024 * 1024, 'x');
    const hash = createHash('sha256').update(body).digest('hex');
    expect(await messageKey({ ...delivery, body })).to.equal(`bytes:${hash}`);
  });

  it('is a hash where a database would refuse the id', async () => {
    expect(await messageKey({ ...delivery, messageId: 'a\0b' })).to.match(/^id-hash:/);
    expect(await messageKey({ ...delivery, messageId: 'm'.repeat(201) })).to.match(/^id-hash:/);
  });
});

describe('foreign text', () => {
  it('is bounded, and marked where it was cut', () => {
    expect(shortened('abc', 3)).to.equal('abc');
    expect(shortened('abcd', 3)).to.equal('ab…');
  });

  it('becomes JSON whatever the headers hold', () => {
    expect(jsonOf({ big: 9223372036854775807n })).to.equal('{"big":"9223372036854775807"}');
    const tables = Array.from({ length: 100 }).reduce<object>((inner) => ({ inner }), {});
    expect(jsonOf({ tables })).to.match(/^\{"tables":(\{"inner":){32}"\[left out\]"/);
    const odd = { bytes: Buffer.from('hi'), at: new Date(0), never: new Date(NaN), list: [null, true] };
    expect(jsonOf(odd)).to.equal(
      '{"bytes":"aGk=","at":"1970-01-01T00:00:00.000Z","never":null,"list":[null,true]}',
    );
    const takesItselfForBytes = Object.setPrototypeOf({ a: 1 }, Buffer.from('x')) as object;
    expect(jsonOf({ takesItselfForBytes })).to.equal('{"takesItselfForBytes":{"a":1}}');
    expect(jsonOf({ long: 'x'.repeat(20_000) })).to.match(/^\{"x-headers-too-long":\d+\}$/);
  });

  it('keeps headers whose tables pose as other things', () => {
    const posing = Object.setPrototypeOf({ a: 1 }, Buffer.from('x')) as Record<string, unknown>;
    const headers = { ...posing, inner: posing, bytes: Buffer.from('x'), at: new Date(0), many: [1n] };
    expect(JSON.parse(jsonOf(headers))).to.deep.equal({
      a: 1,
      inner: { a: 1 },
      bytes: 'eA==',
      at: '1970-01-01T00:00:00.000Z',
      many: ['1'],
    });
    expect(jsonOf(posing)).to.equal('{"a":1}');
  });
});
