import type { Clock, Timer } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Logger } from '../../../kernel/logger.js';
import type { DeliveriesQueries } from '../deliveries/deliveries.queries.js';
import type { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import type { HealthBook } from './endpoint-health.js';
import { EndpointQueue } from './endpoint-queue.js';

/** Another replica's nudge may get lost, so it looks by itself too. */
const LOOK_EVERY_MS = 1_000;
/** What is nudged meanwhile is one look. */
const LOOK_APART_MS = 20;

export interface AgendaDeps {
  queries: Pick<DeliveriesQueries, 'agenda'>;
  repository: Pick<DeliveriesRepository, 'state'>;
  endpoints: Pick<EndpointsRepository, 'enabled' | 'health'>;
  clock: Clock;
  log: Logger;
  config: { concurrency: number };
  health: HealthBook;
  /** Something of the endpoint is due. */
  onDue: (queue: EndpointQueue) => void;
  /** The endpoint is disabled or removed; so many deliveries were let go. */
  onClosed: (queue: EndpointQueue, letGo: number) => void;
}

/** Knows the endpoints as they are stored, and when each has something to send. */
export function createAgenda(deps: AgendaDeps) {
  const { queries, repository, endpoints, clock, log, health } = deps;
  const queues = new Map<Uuid, EndpointQueue>();
  let revision = -1;
  let isActive = false;
  let failing = false;
  let isWanted = false;
  let busy: Promise<void> | undefined;
  let timer: { timer: Timer; at: number } | undefined;

  async function look(): Promise<void> {
    const state = await repository.state();
    if (state.revision !== revision) await readEndpoints(state.revision);
    const due = await queries.agenda();
    const now = clock.now();
    let next = now + LOOK_EVERY_MS;
    for (const { endpointId, dueAt } of due) {
      const queue = queues.get(endpointId);
      if (dueAt > now) next = Math.min(next, dueAt);
      else if (queue && isActive) deps.onDue(queue);
    }
    plan(next);
  }

  async function readEndpoints(at: number): Promise<void> {
    const all = (await endpoints.enabled()).filter(({ channel }) => channel === 'webhook');
    const unknown = all.filter(({ id }) => !health.knows(id)).map(({ id }) => id);
    const stored = await endpoints.health(unknown);
    for (const id of unknown) health.put(id, stored.get(id));
    const gone = new Set(queues.keys());
    for (const endpoint of all) {
      gone.delete(endpoint.id);
      const known = queues.get(endpoint.id);
      if (known) known.update(endpoint);
      else queues.set(endpoint.id, queueFor(endpoint));
    }
    for (const id of gone) close(id);
    revision = at;
  }

  function queueFor(endpoint: Endpoint): EndpointQueue {
    const isFailing = health.get(endpoint.id).failingSince !== null;
    return new EndpointQueue(endpoint, deps.config.concurrency, isFailing);
  }

  function close(id: Uuid): void {
    const queue = queues.get(id)!;
    queues.delete(id);
    health.forget(id);
    deps.onClosed(queue, queue.close());
  }

  function plan(at: number): void {
    if (!isActive || (timer && timer.at <= at)) return;
    timer?.timer.cancel();
    const fire = (): void => {
      timer = undefined;
      wake();
    };
    timer = { at, timer: clock.after(Math.max(0, at - clock.now()), fire) };
  }

  async function run(): Promise<void> {
    while (isWanted && isActive) {
      isWanted = false;
      try {
        await look();
        failing = false;
      } catch (error) {
        if (!failing)
          log.warn({ error: messageOf(error) }, 'deliveries could not be looked for; trying again');
        failing = true;
        plan(clock.now() + LOOK_EVERY_MS);
      }
    }
  }

  function wake(): void {
    if (!isActive) return;
    isWanted = true;
    busy ??= run().finally(() => {
      busy = undefined;
      if (isWanted) plan(clock.now() + LOOK_APART_MS);
    });
  }

  return {
    isFailing: () => failing,
    queueOf: (id: Uuid) => queues.get(id),
    wake: () => plan(clock.now() + LOOK_APART_MS),
    /** Something may be sent from then on. */
    dueAt: (at: number) => plan(Math.max(at, clock.now() + LOOK_APART_MS)),
    /** The endpoint has something that may be sent now. */
    touch(id: Uuid): void {
      const queue = queues.get(id);
      if (queue && isActive) deps.onDue(queue);
    },
    start(): void {
      isActive = true;
      revision = -1;
      wake();
    },
    async stop(): Promise<void> {
      isActive = false;
      timer?.timer.cancel();
      timer = undefined;
      await busy;
    },
    closeAll(): void {
      for (const id of [...queues.keys()]) close(id);
    },
  };
}
