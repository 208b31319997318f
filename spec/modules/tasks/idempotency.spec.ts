import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { AppError } from '../../../src/kernel/errors.js';
import type { Idempotency } from '../../../src/modules/tasks/index.js';
import type { TasksSchema } from '../../../src/modules/tasks/tasks.schema.js';
import { createBodyDigest } from '../../../src/platform/seal/create-body-digest.js';
import { SPEC_KEY } from '../../support/body-digest.js';
import { appErrorOf } from '../../support/failure-of.js';
import { newTask, onEachDatabase } from './ledger.js';
import type { Ledger } from './ledger.js';
import { DONE, ScriptedRunner } from './scripted-runner.js';

const HOUR_MS = 3_600_000;

function keyed(key = 'a key', body = '{"numbers":[1]}', scope = 'loopback POST /report'): Idempotency {
  return { scope, key, body: Buffer.from(body) };
}

/** What is stored of bodies, by task. */
async function bodyHashes({ db }: Ledger): Promise<Map<string, string>> {
  const rows = await db.schema<TasksSchema>().selectFrom('idempotency_keys').selectAll().execute();
  return new Map(rows.map(({ task_id, body_hash }) => [task_id, body_hash]));
}

async function storePlain({ db }: Ledger, body: string): Promise<void> {
  const body_hash = createHash('sha256').update(body).digest('base64url');
  const tx = db.begin();
  db.add(tx, db.schema<TasksSchema>().updateTable('idempotency_keys').set({ body_hash }), {
    ...{ rows: 1, otherwise: 'spec.no-key' },
  });
  await db.commit(tx);
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

    it('leave nothing in the database that a body could be guessed from', async () => {
      const ledger = await bench.start();
      const { id } = await ledger.api.submit(newTask(), keyed());
      expect((await bodyHashes(ledger)).get(id)).to.match(/^h1\.spec\./);
    });

    it('know a body whose digest an earlier version stored, until that is over', async () => {
      const ledger = await bench.start();
      const first = await ledger.api.submit(newTask(), keyed());
      await storePlain(ledger, '{"numbers":[1]}');
      expect((await ledger.api.submit(newTask(), keyed())).id).to.equal(first.id);
      const other = ledger.api.submit(newTask(), keyed('a key', '{"numbers":[2]}'));
      expect(await appErrorOf(other)).to.include({ code: 'tasks.idempotency-key-reused' });
    });

    it('hold while keys are changed, and by themselves where the key of a body is not known', async () => {
      const [young, foreign] = ['young', 'foreign'].map((id) => ({ ...SPEC_KEY, id }));
      const first = await (await bench.start()).api.submit(newTask(), keyed());
      const rotated = await bench.start({ owner: 'rotated', digest: createBodyDigest([young!, SPEC_KEY]) });
      expect((await rotated.api.submit(newTask(), keyed())).id).to.equal(first.id);
      const other = rotated.api.submit(newTask(), keyed('a key', 'another body'));
      expect(await appErrorOf(other)).to.include({ code: 'tasks.idempotency-key-reused' });
      const stranger = await bench.start({ owner: 'stranger', digest: createBodyDigest([foreign!]) });
      expect((await stranger.api.submit(newTask(), keyed())).id).to.equal(first.id);
    });
  });
});
