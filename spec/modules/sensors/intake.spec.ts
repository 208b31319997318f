import { expect } from 'chai';
import fc from 'fast-check';
import type { StatusEvent } from '../../../src/modules/sensors/intake/status-event.js';
import { ManualClock } from '../../support/manual-clock.js';
import { onEachDatabase } from './sensors-site.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

interface Known {
  status: string | null;
  at: number;
}

interface Expected {
  log: Map<string, StatusEvent>;
  known: Map<string, Known>;
  changes: { sensor: string; from: string | null; to: string; at: number }[];
  fates: string[];
}

/** One event after the other, as the contract tells it. */
function inTurn(events: readonly StatusEvent[]): Expected {
  const expected: Expected = { log: new Map(), known: new Map(), changes: [], fates: [] };
  for (const event of events) {
    const { sensorId: sensor, at, status } = event;
    const key = `${sensor} ${at} ${status}`;
    if (expected.log.has(key)) {
      expected.fates.push('duplicate');
      continue;
    }
    expected.log.set(key, event);
    const known = expected.known.get(sensor) ?? { status: null, at: -1 };
    if (at < known.at) {
      expected.fates.push('late');
      continue;
    }
    expected.fates.push('logged');
    if (status !== known.status) expected.changes.push({ sensor, from: known.status, to: status, at });
    expected.known.set(sensor, { status, at });
  }
  return expected;
}

const clock = new ManualClock(NOW);

describe('Events of sensors', () => {
  onEachDatabase((site) => {
    it('have the same fate however they are cut into batches', async () => {
      const client = await site().newClient();
      const event = fc.record({
        sensor: fc.integer({ min: 0, max: 2 }),
        status: fc.constantFrom('on', 'off', 'o\'k"\\é'),
        at: fc.oneof(
          fc.integer({ min: -4, max: 4 }).map((n) => NOW + n),
          fc.integer({ min: 0, max: 4 }).map((days) => NOW - days * DAY),
        ),
        payload: fc.constantFrom(null, '{"a":"\\u0000"}', '1'),
      });
      const batches = fc.array(fc.array(event, { maxLength: 8 }), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(batches, async (cut) => {
          const sensors = await Promise.all([1, 2, 3].map(() => site().newSensor(client.id)));
          const before = await site().accounting();
          const position = await site().events.settled();
          const all = cut.map((batch) =>
            batch.map(({ sensor, ...rest }): StatusEvent => ({ ...rest, sensorId: sensors[sensor]!.id })),
          );
          const fates: string[] = [];
          for (const batch of all) {
            fates.push(...(await site().take(batch)).map(({ kind }) => kind));
            clock.advance(1);
          }
          const expected = inTurn(all.flat());
          expect(fates).to.deep.equal(expected.fates);
          for (const { id } of sensors) {
            const { status, statusAt } = await site().sensors.require(id);
            const known = expected.known.get(id);
            expect([status, statusAt]).to.deep.equal(known ? [known.status, known.at] : [null, null]);
            const logged = [...expected.log.values()].filter(({ sensorId }) => sensorId === id);
            const found = await site().log(id);
            expect(found.map(({ at, status: word, payload }) => [at, word, payload])).to.have.deep.members(
              logged.map(({ at, status: word, payload }) => [at, word, payload]),
            );
            expect(found.map(({ at }) => at)).to.deep.equal(found.map(({ at }) => at).sort((a, b) => b - a));
          }
          const told = await site().told(position);
          expect(
            told
              .map(({ data }) => JSON.parse(data) as Record<string, unknown>)
              .map(({ sensor_id, from, to, at }) => ({ sensor: sensor_id, from, to, at })),
          ).to.have.deep.members(
            expected.changes.map((change) => ({ ...change, at: new Date(change.at).toISOString() })),
          );
          for (const { id } of sensors) {
            const own = told.filter(({ subject }) => subject === `sensors/${id}`);
            expect(own.map(({ data }) => (JSON.parse(data) as { to: string }).to)).to.deep.equal(
              expected.changes.filter(({ sensor }) => sensor === id).map(({ to }) => to),
            );
          }
          const counts = await site().accounting();
          expect(counts.balanced).to.equal(true);
          const of = (kind: string): number => expected.fates.filter((fate) => fate === kind).length;
          expect(counts.came_in - before.came_in).to.equal(all.flat().length);
          expect(counts.logged - before.logged).to.equal(of('logged') + of('late'));
          expect(counts.late - before.late).to.equal(of('late'));
          expect(counts.duplicate - before.duplicate).to.equal(of('duplicate'));
        }),
        { numRuns: 25 },
      );
    });

    it('tell of a change with all that its hearers need', async () => {
      const sensor = await site().newSensor(undefined, { externalId: 'door "7"' });
      const position = await site().events.settled();
      const at = NOW - 5_001;
      await site().take([{ sensorId: sensor.id, status: 'open', at, payload: null }]);
      const [told, ...more] = await site().told(position);
      expect(more).to.deep.equal([]);
      expect(told).to.include({
        type: 'sensor.status-changed',
        subject: `sensors/${sensor.id}`,
        time: clock.now(),
      });
      expect(JSON.parse(told!.data)).to.deep.equal({
        sensor_id: sensor.id,
        external_id: 'door "7"',
        client_id: sensor.clientId,
        from: null,
        to: 'open',
        at: new Date(at).toISOString(),
      });
    });

    it('are refused by name where they cannot be logged, and counted', async () => {
      const sensor = await site().newSensor();
      const off = await site().newSensor(undefined, { enabled: false });
      const gone = await site().newSensor();
      await site().sensors.remove(gone);
      const event = (sensorId: string, at = clock.now()): StatusEvent => ({
        ...{ sensorId, at, status: 'on', payload: null },
      });
      const before = await site().accounting();
      const fates = await site().take([
        event(sensor.id),
        event('01a1fe93-f250-7063-8245-068e34724e2e'),
        event(gone.id),
        event(sensor.id, clock.now() + 300_001),
        event(sensor.id, clock.now() + 300_000),
        event(off.id),
        event(sensor.id, clock.now() - 40 * DAY),
      ]);
      expect(fates.map((fate) => (fate.kind === 'refused' ? fate.reason : fate.kind))).to.deep.equal([
        ...['logged', 'unknown-sensor', 'unknown-sensor', 'future-dated'],
        ...['logged', 'sensor-disabled', 'too-old'],
      ]);
      const counts = await site().accounting();
      expect(counts.dead_lettered - before.dead_lettered).to.equal(5);
      expect(counts.balanced).to.equal(true);
      expect(counts.reasons.map(({ reason }) => reason)).to.include.members(['future-dated', 'too-old']);
    });

    it('of one client are of no other', async () => {
      const sensor = await site().newSensor();
      const stranger = await site().newClient();
      const event = { sensorId: sensor.id, at: clock.now(), status: 'on', payload: null };
      const [fate] = await site().take([event], {
        ...{ way: 'rest', isBuried: () => false },
        clientId: stranger.id,
      });
      expect(fate).to.include({ kind: 'refused', reason: 'unknown-sensor' });
    });
  }, clock);
});
