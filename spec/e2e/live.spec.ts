import { expect } from 'chai';
import { WebSocket } from 'ws';
import { attemptsFile } from '../support/attempts-file.js';
import { liveClientModule } from '../support/live-client.js';
import { LiveSocket } from '../support/live-socket.js';
import { RestClient, type TaskView } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const JOB = { numbers: [1, 2], correlation_id: 'x' };

describe('the live channel of the service', function () {
  this.timeout(90_000);
  let service: Service;
  let rest: RestClient;
  let env: Record<string, string>;

  before(async () => {
    env = { DATA_FILE: await attemptsFile(200_000), PORT: '0' };
    service = await startService({ env });
    env = { ...env, PORT: new URL(service.url).port };
    rest = new RestClient(service.url);
  });

  after(async () => {
    await service?.stop();
  });

  it('shows a task from its acceptance to its end, with its progress', async () => {
    const socket = await LiveSocket.open(service.url);
    await socket.subscribe('tasks');
    const id = await rest.accepted({ ...JOB, from: 0 });
    await waitFor('its end', () => socket.frames.some(({ event }) => event?.type === 'task.completed'));
    const own = socket.frames.flatMap(({ event }) => (event?.subject === `tasks/${id}` ? [event] : []));
    const types = own.map(({ type }) => type);
    expect(types.filter((type) => type !== 'task.progress')).to.deep.equal([
      'task.created',
      'task.started',
      'task.completed',
    ]);
    expect(types.at(-1)).to.equal('task.completed');
    expect(types).to.include('task.progress');
    const { progress } = own.find(({ type }) => type === 'task.progress')!.data as { progress: object };
    expect(progress).to.have.keys('done', 'total');
    expect(own.at(-1)!.data).to.deep.equal(await rest.task(id));
    await socket.close();
    const later = await LiveSocket.open(service.url);
    expect((await later.subscribe(`tasks.${id}`)).snapshot).to.deep.equal(await rest.task(id));
    await later.close();
  });

  it('gives the counts and the newest tasks first of all', async () => {
    const id = (await rest.tasks())[0]!.task_id;
    const socket = await LiveSocket.open(service.url);
    const subscribed = await socket.subscribe('tasks');
    const snapshot = subscribed.snapshot as unknown as { counts: object; newest: TaskView[] };
    expect(snapshot.counts).to.have.keys('pending', 'in_work', 'completed', 'error', 'cancelled');
    // One of a moment ago serves as well, as the events after it follow.
    const newest = (): unknown =>
      snapshot.newest[0] ??
      socket.frames.findLast(({ event }) => event?.subject === `tasks/${id}`)?.event?.data;
    await waitFor('the newest task', () => (newest() as TaskView | undefined)?.task_status === 'completed');
    expect(newest()).to.deep.equal(await rest.task(id));
    await socket.close();
  });

  it('says of a topic that it is none', async () => {
    const socket = await LiveSocket.open(service.url);
    for (const unknown of ['tasks.none', 'tasks.01a1fe93-f250-7063-8245-068e34724e2e', 'tasks.']) {
      expect((await socket.subscribe(unknown)).code, unknown).to.be.oneOf([
        'tasks.not-found',
        'live.bad-frame',
      ]);
    }
    await socket.close();
  });

  it('is resumed by its client over kill -9, with everything that happened meanwhile', async () => {
    const { createLiveClient } = await liveClientModule();
    const events: string[] = [];
    const states: string[] = [];
    let snapshots = 0;
    const client = createLiveClient({ url: service.url, WebSocket, onState: (state) => states.push(state) });
    client.subscribe('tasks', {
      onSnapshot: () => snapshots++,
      onEvent: ({ id, type }) => type !== 'task.progress' && events.push(id),
      onGap: () => events.push('gap'),
    });
    await waitFor('the snapshot', () => snapshots === 1);
    for (let n = 0; n < 5; n++) await rest.accepted(JOB);
    await waitFor('events', () => events.length >= 5);
    await service.kill();
    service = await startService({ env, cwd: service.cwd });
    for (let n = 0; n < 5; n++) await rest.accepted(JOB);
    await waitFor('the end of all', async () => (await rest.tasks('&task_status=completed')).length >= 11);
    await rest.report(JOB);
    await waitFor('all events', () => events.length >= 5 * 3 + 5 * 3 + 3, { timeoutMs: 40_000 });
    const first = Number(events[0]);
    expect(events).to.deep.equal(events.map((_, n) => String(first + n)));
    expect(snapshots).to.equal(1);
    expect(states).to.include.members(['connecting', 'open', 'waiting']);
    client.close();
    expect(client.state()).to.equal('closed');
  });

  it('leaves nothing behind of those who came and went', async () => {
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 30 }, () => LiveSocket.open(service.url)));
      await Promise.all(sockets.map((socket) => socket.subscribe('tasks')));
      for (const [n, { ws }] of sockets.entries()) if (n % 2) ws.terminate();
      await Promise.all(sockets.map((socket, n) => (n % 2 ? socket.ended() : socket.close())));
    }
    const noneIs = (name: string) => async (): Promise<boolean> => (await rest.metric(name)) === 0;
    await waitFor('no connection', noneIs('switchyard_live_connections'));
    expect(await rest.metric('switchyard_live_subscriptions')).to.equal(0);
    expect(await rest.metric('switchyard_live_cut_off_total')).to.equal(0);
  });

  it('says 1012 when the service stops, after the last event', async () => {
    const socket = await LiveSocket.open(service.url);
    await socket.subscribe('tasks');
    await rest.accepted(JOB);
    await service.stop();
    expect((await socket.ended()).code).to.equal(1012);
    const types = socket.frames.map(({ event }) => event?.type);
    expect(types).to.include('task.created');
    service = await startService({ env, cwd: service.cwd });
  });
});

describe('the live channel of a service with tokens', function () {
  this.timeout(90_000);
  let service: Service;
  let admin: RestClient;
  let token: string;

  before(async () => {
    service = await startService({ env: { DATA_FILE: await attemptsFile(100), HOST: '0.0.0.0' } });
    token = /\bswy_[\w-]{60,}/.exec(service.output())![0];
    admin = new RestClient(service.url, { authorization: `Bearer ${token}` });
  });

  after(async () => {
    await service?.stop();
  });

  async function made(role: string, more = {}): Promise<{ id: string; token: string }> {
    const { body } = await admin.post('/api/v1/tokens', { body: { name: `a ${role}`, role, ...more } });
    return body as { id: string; token: string };
  }

  it('lets in by header and by frame, and nobody else', async () => {
    for (const headers of [{ authorization: `Bearer ${token}` }, { token }]) {
      const socket = await LiveSocket.open(service.url, headers);
      expect((await socket.subscribe('tasks')).op).to.equal('subscribed');
      await socket.close();
    }
    const socket = await LiveSocket.open(service.url);
    expect((await socket.subscribe('tasks')).code).to.equal('access.unauthenticated');
    expect((await socket.ask({ op: 'auth', token: 'wrong' })).code).to.equal('access.unauthenticated');
    expect((await socket.ask({ op: 'auth', token })).op).to.equal('ready');
    expect((await socket.subscribe('tasks')).op).to.equal('subscribed');
    await socket.close();
  });

  it('shows a client nothing of tasks, and a viewer all until the token is revoked', async () => {
    const client = await LiveSocket.open(service.url, {
      token: (await made('client', { client_id: 'c1' })).token,
    });
    expect(await client.subscribe('tasks')).to.include({ op: 'error', code: 'access.forbidden' });
    await client.close();
    const { id, token: own } = await made('viewer');
    const { createLiveClient } = await liveClientModule();
    const states: [string, string | undefined][] = [];
    const viewer = createLiveClient({
      url: service.url,
      token: own,
      WebSocket,
      onState: (state, error) => states.push([state, error?.code]),
    });
    viewer.subscribe('tasks', {});
    await waitFor('the state open', () => viewer.state() === 'open');
    await admin.send('DELETE', `/api/v1/tokens/${id}`, {});
    await waitFor('the end', () => viewer.state() === 'refused', { timeoutMs: 20_000 });
    expect(states.at(-1)).to.deep.equal(['refused', 'access.unauthenticated']);
  });

  it('tells its client that the token is not valid, and is asked no more', async () => {
    const { createLiveClient } = await liveClientModule();
    for (const wrong of ['wrong', undefined]) {
      const client = createLiveClient({ url: service.url, WebSocket, ...(wrong && { token: wrong }) });
      client.subscribe('tasks', {});
      await waitFor('the refusal', () => client.state() === 'refused');
    }
  });
});
