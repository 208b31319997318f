import { expect } from 'chai';
import fc from 'fast-check';
import { createSensorEventsConsumer } from '../../../src/modules/sensors/intake/sensor-events.consumer.js';
import { isFault, parseStatusEvent } from '../../../src/modules/sensors/intake/status-event.js';
import type { Delivery } from '../../../src/platform/broker/index.js';
import { onEachDatabase } from './sensors-site.js';

const word = fc.string({ minLength: 1, maxLength: 70, unit: 'binary' });
const time = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
  fc.constant('2026-02-30T00:00:00Z'),
  fc.string(),
);

/** Bodies of messages from good to none at all, about these sensors. */
const bodies = (ids: readonly string[]) => {
  const event = fc.record(
    {
      sensor_id: fc.oneof(fc.constantFrom(...ids), fc.uuid(), word, fc.integer()),
      status: fc.oneof(fc.constantFrom('open', 'closed'), word, fc.constant(null)),
      at: fc.oneof(
        fc.integer({ min: 0, max: 100 }).map((n) => Date.now() - n),
        time,
      ),
      payload: fc.jsonValue(),
      other: fc.jsonValue(),
    },
    { requiredKeys: ['sensor_id', 'status'] },
  );
  const asJson = event.map((value) => Buffer.from(JSON.stringify(value)));
  return fc.oneof(
    { weight: 5, arbitrary: asJson },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  );
};

describe('Odd events of sensors', () => {
  it('are read as an event or a reason, whatever the bytes', () => {
    fc.assert(
      fc.property(bodies(['01a1fe93-f250-7063-8245-068e34724e2e']), (body) => {
        const read = parseStatusEvent(body);
        if (isFault(read)) expect(read.detail).to.be.a('string').with.length.greaterThan(0);
        else
          expect([read.status.trim().length > 0, Number.isSafeInteger(read.at)]).to.deep.equal([true, true]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keep the digits of their payload, up to 16 KiB', () => {
    const body = (payload: string) =>
      Buffer.from(`{"sensor_id":"x","status":"on","at":1,"payload":${payload}}`);
    expect(parseStatusEvent(body('{"n":9223372036854775807}'))).to.include({
      payload: '{"n":9223372036854775807}',
    });
    expect(parseStatusEvent(body(`"${'x'.repeat(16_382)}"`))).to.have.property('payload');
    expect(parseStatusEvent(body(`"${'x'.repeat(16_383)}"`))).to.include({ reason: 'invalid-event' });
    expect(parseStatusEvent(body(`"${'é'.repeat(8_192)}"`))).to.include({ reason: 'invalid-event' });
    expect(parseStatusEvent(body(`"${'x'.repeat(70_000)}"`))).to.include({ reason: 'too-large' });
  });

  onEachDatabase((site) => {
    it('are all accounted for, and hold no batch up', async () => {
      const ids = (await Promise.all([1, 2, 3].map(() => site().newSensor()))).map(({ id }) => id);
      const consumer = createSensorEventsConsumer(site().intake);
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(bodies(ids), { minLength: 1, maxLength: 40 }), async (lot) => {
          const tx = site().db.begin();
          const settled = await consumer(lot.map(deliveryOf), tx);
          await site().db.commit(tx);
          sent += lot.length;
          expect(settled).to.have.length(lot.length);
        }),
        { numRuns: 40, examples: [[['\\u0000', '\\ud800', 'none'].map(eventOf)]] },
      );
      const { balanced, came_in, logged } = await site().accounting();
      expect([balanced, came_in]).to.deep.equal([true, sent]);
      expect(logged).to.be.greaterThan(0);
    });
  });
});

/** `id`: as it stands between quotes. */
function eventOf(id: string): Buffer {
  return Buffer.from(`{"sensor_id":"${id}","status":"on","at":1795302627319}`);
}

function deliveryOf(body: Buffer): Delivery {
  const none = undefined;
  return {
    ...{ queue: 'sensor_events', body, messageId: none, correlationId: none, replyTo: none },
    ...{ type: none, contentType: none, headers: {}, redelivered: false },
  };
}
