import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import type { NewEvent } from '../../../src/kernel/event.js';
import type { LiveTopic } from '../../../src/kernel/live-topic.js';
import type { Frame } from '../../support/live-socket.js';
import { onEachDatabase } from './on-each-database.js';

/** A value of which nothing is stored; its snapshot can be held back. */
class Gauge implements LiveTopic {
  readonly name = 'gauges';
  value = 1;
  readonly #steps = new EventEmitter();
  #held: Promise<unknown> | undefined;

  snapshotOf = async (): Promise<unknown> => {
    const { value } = this;
    this.#steps.emit('read');
    await this.#held;
    return { value };
  };

  newestTold = (): readonly NewEvent[] => [this.event()];

  event(): NewEvent {
    const data = JSON.stringify({ value: this.value });
    return { type: 'gauge.moved', subject: 'gauges/a', time: 1, data };
  }

  /** Holds snapshots from now on, and resolves when one was read. */
  async hold(): Promise<void> {
    this.#held = once(this.#steps, 'let go');
    await once(this.#steps, 'read');
  }

  letGo(): void {
    this.#held = undefined;
    this.#steps.emit('let go');
  }
}

const valueOf = (frame: Frame): unknown => (frame.event?.data as { value: number } | undefined)?.value;

describe('what is told on the live channel and not stored', () => {
  onEachDatabase((bench) => {
    it('is not lost where it was told while the snapshot was on its way', async () => {
      const gauge = new Gauge();
      const service = await bench.start({ topics: [gauge] });
      const socket = await service.connect();
      const read = gauge.hold();
      const subscribed = socket.subscribe('gauges.a');
      await read;
      gauge.value = 2;
      service.live.tell(gauge.event());
      gauge.letGo();
      expect((await subscribed).snapshot).to.deep.equal({ value: 1 });
      expect(valueOf(await socket.next())).to.equal(2);
    });

    it('is given to who resumes, as it is by then', async () => {
      const gauge = new Gauge();
      const service = await bench.start({ topics: [gauge] });
      const first = await service.connect();
      await first.subscribe('gauges.a');
      const seen = await first.next();
      await first.close();
      gauge.value = 3;
      service.live.tell(gauge.event());
      const second = await service.connect();
      expect(await second.subscribe('gauges.a', seen.event!.id)).to.not.have.property('snapshot');
      const event = await second.next();
      expect(valueOf(event)).to.equal(3);
      expect(event.event!.type).to.equal('gauge.moved');
    });

    it('comes beside a stored event of the same subject', async () => {
      const gauge = new Gauge();
      const service = await bench.start({ topics: [gauge] });
      const socket = await service.connect();
      await socket.subscribe('gauges.a');
      expect(valueOf(await socket.next())).to.equal(1);
      gauge.value = 4;
      const tx = service.db.begin();
      service.events.append(tx, { ...gauge.event(), type: 'gauge.switched' });
      const committed = service.db.commit(tx);
      service.live.tell(gauge.event());
      await committed;
      service.live.tell(gauge.event());
      const types = new Set<string>();
      while (types.size < 2) types.add((await socket.next()).event!.type);
      expect([...types].sort()).to.deep.equal(['gauge.moved', 'gauge.switched']);
    });
  });
});
