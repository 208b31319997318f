import type { ExchangeDeclaration, QueueDeclaration, Topology } from './broker.js';
import { deadQueueOf } from './reply-to.js';

/** Everything declared so far, dead-letter queues included. */
export class DeclaredTopology {
  readonly exchanges: ExchangeDeclaration[] = [];
  readonly queues: QueueDeclaration[] = [];
  readonly #withDeadQueue = new Set<string>();

  /** Returns what was added, with the dead-letter queues as queues of their own. */
  add(topology: Topology): Topology {
    const queues: QueueDeclaration[] = [];
    for (const { deadLetters, ...queue } of topology.queues) {
      queues.push(queue);
      if (!deadLetters) continue;
      this.#withDeadQueue.add(queue.queue);
      queues.push({ queue: deadQueueOf(queue.queue) });
    }
    this.exchanges.push(...topology.exchanges);
    this.queues.push(...queues);
    return { exchanges: topology.exchanges, queues };
  }

  hasDeadQueue(queue: string): boolean {
    return this.#withDeadQueue.has(queue);
  }
}
