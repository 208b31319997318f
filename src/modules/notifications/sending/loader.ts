import type { Clock } from '../../../kernel/clock.js';
import { messageOf } from '../../../kernel/errors.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Seal } from '../../../kernel/seal.js';
import type { DeliveriesQueries } from '../deliveries/deliveries.queries.js';
import { sealContext } from '../endpoints/endpoint.js';
import type { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import type { EndpointQueue } from './endpoint-queue.js';

/** Deliveries in memory, of all endpoints; each has a body of less than 20 kB. */
const MOST_LOADED = 5_000;
const MOST_LOADS = 4;

export interface LoaderDeps {
  queries: Pick<DeliveriesQueries, 'due'>;
  endpoints: Pick<EndpointsRepository, 'secrets'>;
  seal: Seal;
  clock: Clock;
  log: Logger;
  onLoaded: (queue: EndpointQueue) => void;
}

/** Reads due deliveries into the queues of endpoints, in turns; how many are in memory is bounded. */
export function createLoader(deps: LoaderDeps) {
  const { queries, endpoints, seal, clock, log } = deps;
  const wanting = new Set<EndpointQueue>();
  const loads = new Set<Promise<void>>();
  /** Endpoints whose deliveries, or secrets, cannot be read: it is said once. */
  const failing = new Set<Uuid>();
  let loaded = 0;
  let isActive = false;

  function next(): void {
    for (const queue of wanting) {
      if (!isActive || loads.size >= MOST_LOADS || loaded >= MOST_LOADED) return;
      wanting.delete(queue);
      if (!queue.wantsLoad) continue;
      const load = loadInto(queue).finally(() => {
        loads.delete(load);
        next();
      });
      loads.add(load);
    }
  }

  async function loadInto(queue: EndpointQueue): Promise<void> {
    const { endpoint } = queue;
    const limit = queue.held + queue.window;
    queue.beginLoad();
    try {
      if (queue.needsSecrets) await readSecrets(queue);
      const rows = queue.secrets ? await queries.due(endpoint.id, clock.now(), limit) : [];
      loaded += queue.endLoad(rows, rows.length === limit);
      failing.delete(endpoint.id);
    } catch (error) {
      // The agenda will say again that something is due.
      queue.endLoad([], false);
      if (!failing.has(endpoint.id)) {
        log.warn(
          { webhook: endpoint.id, error: messageOf(error) },
          'deliveries could not be read; trying again',
        );
      }
      failing.add(endpoint.id);
      return;
    }
    if (queue.wantsLoad) wanting.add(queue);
    deps.onLoaded(queue);
  }

  async function readSecrets(queue: EndpointQueue): Promise<void> {
    const { id, version } = queue.endpoint;
    const sealed = await endpoints.secrets(id);
    const open = (text: string): string => seal.open(text, sealContext(id));
    queue.secrets = sealed && {
      version,
      current: open(sealed.secret),
      previous: sealed.previous === null ? null : open(sealed.previous),
      previousUntil: sealed.previousUntil,
    };
  }

  return {
    isFailing: () => failing.size > 0,
    want(queue: EndpointQueue): void {
      if (!queue.wantsLoad) return;
      wanting.add(queue);
      next();
    },
    /** It is disabled or removed. */
    forget: (id: Uuid) => void failing.delete(id),
    /** So many are no longer in memory. */
    release(count: number): void {
      loaded -= count;
      next();
    },
    start(): void {
      isActive = true;
      loaded = 0;
      failing.clear();
    },
    async stop(): Promise<void> {
      isActive = false;
      wanting.clear();
      await Promise.all(loads);
    },
  };
}
