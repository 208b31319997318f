import type { ExchangeDeclaration, QueueDeclaration, StreamDeclaration, Topology } from './broker.js';
import { deadQueueOf } from './reply-to.js';

/** Everything declared so far, dead-letter queues included. */
export class DeclaredTopology {
  readonly exchanges: ExchangeDeclaration[] = [];
  readonly queues: QueueDeclaration[] = [];
  readonly streams: StreamDeclaration[] = [];
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
    this.streams.push(...(topology.streams ?? []));
    return { exchanges: topology.exchanges, queues };
  }

  /** Throws for a stream that nobody declared. */
  stream(name: string): StreamDeclaration {
    const found = this.streams.find(({ stream }) => stream === name);
    if (!found) throw new Error(`the stream ${name} is read, and nobody declared it`);
    return found;
  }

  hasDeadQueue(queue: string): boolean {
    return this.#withDeadQueue.has(queue);
  }
}
