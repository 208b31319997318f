import type { Topology } from './broker.js';

interface Binding {
  queue: string;
  routingKey: string;
}

interface Exchange {
  type: 'direct' | 'topic';
  bindings: Binding[];
}

/** Exchanges and bindings in memory, as AMQP 0-9-1 has them: the default exchange, direct, and topic with `*` and `#`. */
export class Routes {
  readonly #queues = new Set<string>();
  readonly #exchanges = new Map<string, Exchange>([
    ['amq.direct', { type: 'direct', bindings: [] }],
    ['amq.topic', { type: 'topic', bindings: [] }],
  ]);

  add(topology: Topology): void {
    for (const { exchange, type } of topology.exchanges) {
      if (!this.#exchanges.has(exchange)) this.#exchanges.set(exchange, { type, bindings: [] });
    }
    for (const { queue, bindings = [] } of topology.queues) {
      this.#queues.add(queue);
      for (const { exchange, routingKey } of bindings) this.#bind(exchange, { queue, routingKey });
    }
  }

  has(queue: string): boolean {
    return this.#queues.has(queue);
  }

  /** The queues that a message goes to, each once; none where the exchange does not exist. */
  match(exchange: string, routingKey: string): string[] {
    if (exchange === '') return this.#queues.has(routingKey) ? [routingKey] : [];
    const known = this.#exchanges.get(exchange);
    if (!known) return [];
    const fits = known.type === 'topic' ? topicMatches : (key: string, wanted: string) => key === wanted;
    const queues = known.bindings.filter((binding) => fits(binding.routingKey, routingKey));
    return [...new Set(queues.map((binding) => binding.queue))];
  }

  #bind(exchange: string, binding: Binding): void {
    const known = this.#exchanges.get(exchange);
    if (!known) throw new Error(`queue ${binding.queue} is bound to ${exchange}, which nobody declared`);
    const same = (other: Binding): boolean =>
      other.queue === binding.queue && other.routingKey === binding.routingKey;
    if (!known.bindings.some(same)) known.bindings.push(binding);
  }
}

/** Whether a topic pattern fits: `*` is one word, `#` any number of them, words are parted by dots. */
export function topicMatches(pattern: string, routingKey: string): boolean {
  const words = wordsOf(routingKey);
  let reachable = [true, ...words.map(() => false)];
  for (const part of wordsOf(pattern)) {
    reachable = advance(part, words, reachable);
  }
  return reachable[words.length] === true;
}

function wordsOf(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/** `reachable[n]`: the pattern so far fits the first n words. */
function advance(part: string, words: readonly string[], reachable: readonly boolean[]): boolean[] {
  const next: boolean[] = [];
  for (let n = 0; n <= words.length; n++) {
    if (part === '#') next.push(reachable[n] === true || next[n - 1] === true);
    else next.push(n > 0 && reachable[n - 1] === true && (part === '*' || part === words[n - 1]));
  }
  return next;
}
