import type { Logger } from '../../kernel/logger.js';
import type { Consumption, News, NewsHandler, StreamDeclaration, Topology } from './broker.js';
import { Routes } from './routing.js';

const MOST_KNOWN = 10_000;

/** Streams within the process: who listens is called at once, so that nothing waits and nothing has to be bounded. */
export class EmbeddedStreams {
  readonly #routes = new Routes();
  readonly #handlers = new Map<string, Set<NewsHandler>>();
  /** Where a routing key leads; the same few come again and again. */
  readonly #known = new Map<string, readonly string[]>();

  constructor(private readonly log: Logger) {}

  add({ exchanges, streams = [] }: Topology): void {
    const queues = streams.map(({ stream, bindings }) => ({ queue: stream, bindings }));
    this.#routes.add({ exchanges, queues });
    this.#known.clear();
  }

  listen({ stream }: StreamDeclaration, handler: NewsHandler): Consumption {
    const handlers = this.#handlers.get(stream) ?? new Set();
    this.#handlers.set(stream, handlers.add(handler));
    return { stop: async () => void handlers.delete(handler) };
  }

  tell(news: News): void {
    for (const stream of this.#streamsFor(news)) {
      for (const handler of this.#handlers.get(stream) ?? []) this.#hand(handler, news);
    }
  }

  #hand(handler: NewsHandler, news: News): void {
    try {
      handler(news);
    } catch (error) {
      this.log.error({ err: error, routingKey: news.routingKey }, 'a message of a stream could not be taken');
    }
  }

  #streamsFor({ exchange, routingKey }: News): readonly string[] {
    const key = `${exchange}\n${routingKey}`;
    let streams = this.#known.get(key);
    if (!streams) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(key, (streams = this.#routes.match(exchange, routingKey)));
    }
    return streams;
  }
}
