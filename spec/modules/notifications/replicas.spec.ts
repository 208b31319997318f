import { expect } from 'chai';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { onEachDatabase, WebhookService } from './webhook-service.js';

const COUNT = 300;

describe('deliveries', () => {
  onEachDatabase((bench) => {
    it('are made once of each event, whoever reads the log at the same time', async () => {
      const service = await bench.start();
      const { id } = await service.webhook('/a', { event_types: ['sensor.status-changed'] });
      const change = (i: number) => ({
        type: 'sensor.status-changed',
        subject: `sensors/${i % 7}`,
        data: { i },
      });
      await service.emit(...Array.from({ length: COUNT }, (_, i) => change(i)));
      const made = await Promise.all(
        Array.from({ length: 5 }, () => service.module.api.announce('sensor.status-changed')),
      );
      expect(made.reduce((sum, one) => sum + one.made, 0)).to.equal(COUNT);
      expect(await service.deliveries(id)).to.have.length(COUNT);
      await service.receiver.got('/a', COUNT);
    });

    it('go to webhooks that were made a moment before the event', async () => {
      const service = await bench.start();
      for (let i = 0; i < 10; i++) {
        await service.webhook(`/late-${i}`);
        await service.emit({ subject: `tasks/${i}` });
      }
      for (let i = 0; i < 10; i++) {
        const isTold = (): boolean =>
          service.receiver.at(`/late-${i}`).some(({ event }) => event.subject === `tasks/${i}`);
        await waitFor(`the event after webhook ${i}`, isTold);
      }
    });

    it('are removed with their attempts when they are old enough', async () => {
      const clock = new ManualClock(Date.now());
      const day = 86_400_000;
      const service = await bench.start({ clock, config: { keepMs: 30 * day, timeoutMs: 365 * day } });
      service.receiver.decide('/a', ({ data }) => ({ status: data['i'] === 0 ? 500 : 200 }));
      const { id } = await service.webhook('/a', { retry_schedule_s: [604_800] });
      const off = await service.webhook('/off');
      await service.call('PATCH', `/api/v1/webhooks/${off.id}`, { enabled: false });
      await service.emit({ subject: 'tasks/1', data: { i: 0 } }, { subject: 'tasks/2', data: { i: 1 } });
      await waitFor('the attempts', async () => {
        clock.advance(50);
        return (await service.deliveries(id)).every(({ attempt_count: count }) => count === 1);
      });
      await service.call('PATCH', `/api/v1/webhooks/${id}`, { enabled: false });
      await waitFor('all to be removed', async () => {
        clock.advance(day);
        return (await service.deliveries(id)).length === 0;
      });
      const schema = bench.db.schema<Record<'webhook_attempts' | 'webhook_messages', object>>();
      for (const table of ['webhook_attempts', 'webhook_messages'] as const) {
        const left = async (): Promise<boolean> => {
          clock.advance(60_000);
          return (await schema.selectFrom(table).selectAll().execute()).length === 0;
        };
        await waitFor(`${table} to be empty`, left);
      }
    });
  });
});

describe('replicas', () => {
  onEachDatabase((bench) => {
    it('take over the sending within seconds, and lose nothing of it', async () => {
      const first = await bench.start();
      const db = await bench.another();
      const second = await WebhookService.start(db);
      try {
        const { id } = await first.webhook('/a');
        await second.emit(
          ...Array.from({ length: 50 }, (_, i) => ({ subject: `tasks/${i % 3}`, data: { i } })),
        );
        await first.receiver.got('/a', 10);
        await first.module.stop();
        await second.emit(
          ...Array.from({ length: 50 }, (_, i) => ({ subject: `tasks/${i % 3}`, data: { i: 50 + i } })),
        );
        await waitFor(
          'all to be delivered',
          async () => (await second.deliveries(id, '&status=delivered')).length === 100,
          { timeoutMs: 30_000 },
        );
        const ids = first.receiver.at('/a').map(({ event }) => event.data['i'] as number);
        expect(new Set(ids).size).to.equal(100);
      } finally {
        await second.stop();
      }
    });
  }, 'PostgreSQL');
});
