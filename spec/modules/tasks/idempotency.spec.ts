import { expect } from 'chai';
import { AppError } from '../../../src/kernel/errors.js';
import type { Idempotency } from '../../../src/modules/tasks/index.js';
import { newTask, onEachDatabase } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

const HOUR_MS = 3_600_000;

function keyed(key = 'a key', body = '{"numbers":[1]}', scope = 'loopback POST /report'): Idempotency {
  return { scope, key, body: Buffer.from(body) };
}

describe('Idempotency keys', () => {
  onEachDatabase((bench) => {
    it('give the first task again for the same key and body, as it is by now', async () => {
      const runner = new ScriptedRunner();
      const ledger = await bench.start({ runners: [runner] });
      const first = await ledger.api.submit(newTask(), keyed());
      (await runner.next()).end(DONE);
      await ledger.reaches(first.id, 'completed');
      const again = await ledger.api.submit(newTask(), keyed());
      expect(again).to.include({ id: first.id, state: 'completed' });
      expect((await ledger.api.list({}, 10)).items).to.have.length(1);
    });

    it('refuse the same key with another body', async () => {
      const ledger = await bench.start();
      await ledger.api.submit(newTask(), keyed());
      const refusal: unknown = await ledger.api
        .submit(newTask(), keyed('a key', '{"numbers":[2]}'))
        .catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(AppError);
      expect(refusal).to.include({ code: 'tasks.idempotency-key-reused', kind: 'invalid', retryable: false });
      expect((await ledger.api.list({}, 10)).items).to.have.length(1);
    });

    it('of different callers do not meet', async () => {
      const ledger = await bench.start();
      const one = await ledger.api.submit(newTask(), keyed('a key', '1', 'alice POST /report'));
      const two = await ledger.api.submit(newTask(), keyed('a key', '2', 'bob POST /report'));
      expect(one.id).not.to.equal(two.id);
    });

    it('make fifty calls at once one task', async () => {
      const ledger = await bench.start();
      const calls = Array.from({ length: 50 }, () => ledger.api.submit(newTask({ keys: ['k'] }), keyed()));
      const ids = new Set((await Promise.all(calls)).map(({ id }) => id));
      expect(ids.size).to.equal(1);
      expect((await ledger.api.list({}, 100)).items).to.have.length(1);
      expect((await ledger.api.list({ keys: ['k'] }, 100)).items).to.have.length(1);
    });

    it('let one body win where calls with different ones come at once', async () => {
      const ledger = await bench.start();
      const calls = Array.from({ length: 10 }, (_, n) => ledger.api.submit(newTask(), keyed('k', String(n))));
      const answers = await Promise.allSettled(calls);
      expect(answers.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      expect((await ledger.api.list({}, 100)).items).to.have.length(1);
    });

    it('hold for a day, and then make a new task', async () => {
      const ledger = await bench.start();
      const first = await ledger.api.submit(newTask(), keyed());
      ledger.clock.advance(24 * HOUR_MS - 1);
      expect((await ledger.api.submit(newTask(), keyed())).id).to.equal(first.id);
      ledger.clock.advance(1);
      const calls = Array.from({ length: 5 }, () =>
        ledger.api.submit(newTask(), keyed('a key', 'another body')),
      );
      const ids = new Set((await Promise.all(calls)).map(({ id }) => id));
      expect(ids.size).to.equal(1);
      expect(ids.has(first.id)).to.equal(false);
    });

    it('hold over a restart', async () => {
      const before = await bench.start();
      const first = await before.api.submit(newTask(), keyed());
      await before.stop();
      const after = await bench.start({ owner: 'after' });
      expect((await after.api.submit(newTask(), keyed())).id).to.equal(first.id);
    });
  });
});
