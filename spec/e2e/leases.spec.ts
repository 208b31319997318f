import { expect } from 'chai';
import { attemptsFile, putEnd, takeEnd } from '../support/attempts-file.js';
import { postgres } from '../support/postgres.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const TAKE_MS = 30_000;
const JOB = { numbers: [1, 2], correlation_id: 'held' };

describe('of two replicas on one database, the one that', function () {
  this.timeout(90_000);
  let env: Record<string, string>;
  let replicas: Service[];

  beforeEach(async () => {
    env = {
      DATABASE_URL: await (await postgres()).createDatabase(),
      DATA_FILE: await attemptsFile(),
      // While the end of the file is missing, a report is in work.
      DATA_SETTLE_S: '600',
      TASK_LEASE_S: '2',
      LOG_LEVEL: 'info',
    };
    await takeEnd(env['DATA_FILE']!);
    replicas = [await startService({ env }), await startService({ env })];
  });

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
  });

  interface Held {
    id: string;
    owner: Service;
    other: Service;
  }

  /** A report in work, and who works on it. */
  async function reportInWork(): Promise<Held> {
    const rest = new RestClient(replicas[0]!.url);
    const id = await rest.accepted(JOB);
    const start = await waitFor('its start', async () =>
      (await rest.history(id)).find(({ to }) => to === 'in_work'),
    );
    const isOwner = ({ pid }: Service): boolean => start.actor.includes(`-${pid}-`);
    const owner = replicas.find(isOwner)!;
    return { id, owner, other: replicas.find((one) => !isOwner(one))! };
  }

  /** By the other replica, as the second attempt. */
  async function takenOver({ id, other }: Held): Promise<RestClient> {
    const rest = new RestClient(other.url);
    const isOthers = async (): Promise<boolean> =>
      (await rest.history(id)).some(
        ({ attempt, actor }) => attempt === 2 && actor.includes(`-${other.pid}-`),
      );
    await waitFor('the takeover', isOthers, { timeoutMs: TAKE_MS });
    return rest;
  }

  it('is killed has its task taken over', async () => {
    const held = await reportInWork();
    await held.owner.kill();
    const rest = await takenOver(held);
    await putEnd(env['DATA_FILE']!);
    await waitFor('the report', async () => (await rest.task(held.id)).task_status === 'completed', {
      timeoutMs: TAKE_MS,
    });
    const story = (await rest.history(held.id)).map(
      ({ to, reason, attempt }) => `${attempt} ${to}: ${reason}`,
    );
    expect(story).to.deep.equal([
      '0 pending: created',
      '1 in_work: started',
      '1 pending: lease lapsed',
      '2 in_work: started',
      '2 completed: completed',
    ]);
  });

  it('hangs has its task taken over, and its late result is refused', async () => {
    const held = await reportInWork();
    process.kill(held.owner.pid, 'SIGSTOP');
    const rest = await takenOver(held);
    await putEnd(env['DATA_FILE']!);
    await waitFor('the report', async () => (await rest.task(held.id)).task_status === 'completed', {
      timeoutMs: TAKE_MS,
    });
    const [history, report] = [
      await rest.history(held.id),
      (await rest.get(`/api/v1/report/${held.id}`)).text,
    ];

    process.kill(held.owner.pid, 'SIGCONT');
    const late = new RestClient(held.owner.url);
    const running = (): Promise<boolean> =>
      late.metric('switchyard_tasks_running').then((count) => count > 0);
    await waitFor('the old attempt to end', async () => !(await running()), { timeoutMs: TAKE_MS });
    expect(await late.history(held.id)).to.deep.equal(history);
    expect((await late.get(`/api/v1/report/${held.id}`)).text).to.equal(report);
    expect(history.filter(({ to }) => to === 'completed')).to.have.lengthOf(1);
    // It works on as before.
    expect((await late.report({ ...JOB, correlation_id: 'after' })).status).to.equal(200);
  });
});
