import { expect } from 'chai';
import fc from 'fast-check';
import type { Received } from '../../support/webhook-receiver.js';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { onEachDatabase } from './webhook-service.js';
import type { WebhookService } from './webhook-service.js';

const ATTEMPTS = 3;

/** Events of one subject each, and how many attempts of each fail: more than there are make it fail for good. */
const storms = fc.array(
  fc.record({ subject: fc.integer({ min: 0, max: 4 }), failures: fc.integer({ min: 0, max: ATTEMPTS }) }),
  { minLength: 1, maxLength: 40 },
);

type Storm = { subject: number; failures: number }[];

/** Lets pauses between attempts pass while `probe` does not hold; requests take real time. */
function passing(
  clock: ManualClock,
  what: string,
  probe: () => Promise<boolean> | boolean,
): Promise<unknown> {
  return waitFor(
    what,
    async () => {
      clock.advance(400);
      return probe();
    },
    { timeoutMs: 40_000, everyMs: 5 },
  );
}

/** Each subject's events come in order, and none before the one before it was accepted or given up. */
function checkOrder(storm: Storm, got: readonly Received[]): void {
  for (const subject of new Set(storm.map((one) => one.subject))) {
    const expected = storm.flatMap((one, i) => {
      if (one.subject !== subject) return [];
      return Array.from({ length: Math.min(one.failures + 1, ATTEMPTS) }, () => i);
    });
    const came = got
      .filter(({ event }) => event.subject === `tasks/${subject}`)
      .map(({ event }) => event.data['i']);
    expect(came, `attempts of subject ${subject}`).to.deep.equal(expected);
  }
}

async function weather(
  service: WebhookService,
  clock: ManualClock,
  path: string,
  storm: Storm,
): Promise<void> {
  const { id } = await service.webhook(path, { retry_schedule_s: Array(ATTEMPTS - 1).fill(1) as number[] });
  const tried = new Map<number, number>();
  service.receiver.decide(path, ({ data }) => {
    const i = data['i'] as number;
    tried.set(i, (tried.get(i) ?? 0) + 1);
    return { status: tried.get(i)! > storm[i]!.failures ? 200 : 500 };
  });
  await service.emit(...storm.map(({ subject }, i) => ({ subject: `tasks/${subject}`, data: { i } })));
  await passing(clock, 'all deliveries to end', async () => {
    const all = await service.deliveries(id);
    return all.length === storm.length && all.every(({ status }) => status !== 'pending');
  });
  checkOrder(storm, service.receiver.at(path));
  await service.call('DELETE', `/api/v1/webhooks/${id}`);
}

describe('the order of deliveries', () => {
  onEachDatabase((bench) => {
    it('is kept for each subject, whatever fails, while subjects go side by side', async () => {
      const clock = new ManualClock(Date.now());
      const service = await bench.start({ clock, config: { timeoutMs: 3_600_000 } });
      let run = 0;
      const property = fc.asyncProperty(storms, (storm) => weather(service, clock, `/storm-${run++}`, storm));
      await fc.assert(property, { numRuns: 12 });
      await passing(clock, 'nothing to be under way', () => true);
    });

    it('lets one subject that keeps failing hold up no other', async () => {
      const clock = new ManualClock(Date.now());
      const service = await bench.start({ clock, config: { timeoutMs: 3_600_000 } });
      service.receiver.decide('/a', ({ subject }) => ({ status: subject === 'tasks/bad' ? 500 : 200 }));
      await service.webhook('/a', { retry_schedule_s: [604_000] });
      const bad = Array.from({ length: 500 }, () => ({ subject: 'tasks/bad' }));
      await service.emit(...bad, ...Array.from({ length: 50 }, (_, i) => ({ subject: `tasks/${i}` })));
      const good = (): number =>
        service.receiver.at('/a').filter(({ event }) => event.subject !== 'tasks/bad').length;
      await passing(clock, 'the others', () => good() === 50);
      expect(service.receiver.at('/a').length - good()).to.equal(1);
    });

    it('is kept over sending again: the oldest first, and never two of a subject at once', async () => {
      const clock = new ManualClock(Date.now());
      const service = await bench.start({ clock, config: { timeoutMs: 3_600_000 } });
      service.receiver.behave('/a', { status: 500 });
      const { id } = await service.webhook('/a', { retry_schedule_s: [] });
      await service.emit(
        ...Array.from({ length: 30 }, (_, i) => ({ subject: `tasks/${i % 2}`, data: { i } })),
      );
      await passing(
        clock,
        'all to fail',
        async () => (await service.deliveries(id, '&status=failed')).length === 30,
      );
      service.receiver.behave('/a', { status: 200 });
      const before = service.receiver.at('/a').length;
      const day = 86_400_000;
      const [from, to] = [-day, day].map((ms) => new Date(clock.now() + ms).toISOString());
      const both = await Promise.all([
        service.call('POST', `/api/v1/webhooks/${id}/resend`, { from, to, status: 'all' }),
        service.emit({ subject: 'tasks/0', data: { i: 30 } }),
      ]);
      expect(both[0].body).to.deep.equal({ resent: 30, more: false });
      const isDone = async (): Promise<boolean> =>
        (await service.deliveries(id, '&status=delivered')).length === 31;
      await passing(clock, 'all to be delivered', isDone);
      const again = service.receiver.at('/a').slice(before);
      for (const subject of [0, 1]) {
        const numbers = again
          .filter(({ event }) => event.subject === `tasks/${subject}`)
          .map(({ event }) => event.data['i'] as number);
        const resent = numbers.filter((i) => i < 30);
        expect(resent).to.deep.equal([...resent].sort((a, b) => a - b));
      }
    });
  });
});
