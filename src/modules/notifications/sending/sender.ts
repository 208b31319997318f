import type { Clock } from '../../../kernel/clock.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { Logger } from '../../../kernel/logger.js';
import type { Seal } from '../../../kernel/seal.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import type { DeliveriesQueries, DueDelivery } from '../deliveries/deliveries.queries.js';
import type { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import type { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import { createAgenda } from './agenda.js';
import { HealthBook } from './endpoint-health.js';
import type { EndpointQueue } from './endpoint-queue.js';
import { judgeAnswer } from './judge-answer.js';
import type { Judgement, Outcome } from './judge-answer.js';
import { createLoader } from './loader.js';
import { createRecorder } from './recorder.js';
import { DEFAULT_SCHEDULE_S } from './retry-schedule.js';
import type { WebhookClient } from './webhook-client.js';

export interface SenderDeps {
  db: Transactions;
  clock: Clock;
  log: Logger;
  queries: DeliveriesQueries;
  repository: DeliveriesRepository;
  endpoints: EndpointsRepository;
  client: WebhookClient;
  seal: Seal;
  /** From 0 to 1. */
  random: () => number;
  config: SenderConfig;
  /** Adds the events of what was recorded to its transaction. */
  also: (tx: Tx, recorded: readonly Judgement[]) => void;
  onRecorded: (recorded: readonly Judgement[]) => void;
  onAttempt: (outcome: Outcome, durationMs: number) => void;
  /** Nothing more is to be sent there. */
  disable: (id: Uuid, reason: 'gone' | 'failing') => Promise<void>;
}

export interface SenderConfig {
  /** Requests to one endpoint at once, where it does not say. */
  concurrency: number;
  /** Requests to all endpoints at once. */
  mostInFlight: number;
  /** An endpoint that has only failed for this long is disabled. */
  disableAfterMs: number;
}

const DRAIN_MS = 3_000;
/** A receiver that asks for quiet is given it for all its deliveries. */
const QUIET = new Set([429, 503]);
const LONGEST_QUIET_MS = 3_600_000;
const DISABLING_MS = 5_000;

/**
 * Sends what is due, on the one process that leads. What is sent next is decided per endpoint, in turns, so that each
 * has its share; endpoints that have not answered of late have at most half of all requests, one each.
 */
export function createSender(deps: SenderDeps) {
  const { clock, client, config } = deps;
  const health = new HealthBook();
  const ready = new Set<EndpointQueue>();
  /** Would send, but half of all requests are on trial already. */
  const onTrial = new Set<EndpointQueue>();
  /** Of the time of leading: what ends after it is not recorded. */
  let term = { isOver: false };
  let isActive = false;
  let inFlight = 0;
  let probing = 0;
  let idle: (() => void) | undefined;

  const loader = createLoader({ ...deps, onLoaded: offer });
  const agenda = createAgenda({
    ...deps,
    health,
    onDue: (queue) => {
      queue.hasMore = true;
      loader.want(queue);
    },
    onClosed: (queue, letGo) => {
      loader.release(letGo);
      loader.forget(queue.endpoint.id);
      ready.delete(queue);
      onTrial.delete(queue);
      client.forget(queue.endpoint.id);
    },
  });
  const recorder = createRecorder({ ...deps, health, onRecorded: recorded });

  function offer(queue: EndpointQueue): void {
    if (!isActive || !queue.canSend) return;
    ready.add(queue);
    pump();
  }

  function pump(): void {
    for (const queue of ready) {
      if (inFlight >= config.mostInFlight) return;
      ready.delete(queue);
      if (queue.canSend) sendNext(queue);
      // Behind all others: each has its turn.
      if (queue.canSend && !onTrial.has(queue)) ready.add(queue);
    }
  }

  function sendNext(queue: EndpointQueue): void {
    const waitMs = queue.waitMs(clock.now());
    if (waitMs > 0) return wait(queue, waitMs);
    if (queue.isProbing && probing >= config.mostInFlight / 2) return void onTrial.add(queue);
    const delivery = queue.next()!;
    queue.pace.take(clock.now());
    void send(queue, delivery);
    loader.want(queue);
  }

  /** The next in turn may be tried. */
  function admitOnTrial(): void {
    for (const queue of onTrial) {
      onTrial.delete(queue);
      if (!queue.canSend) continue;
      ready.add(queue);
      return;
    }
  }

  function wait(queue: EndpointQueue, waitMs: number): void {
    queue.isPaced = true;
    clock.after(Math.ceil(waitMs), () => {
      queue.isPaced = false;
      offer(queue);
    });
  }

  async function send(queue: EndpointQueue, delivery: DueDelivery): Promise<void> {
    const [own, wasProbing] = [term, queue.isProbing];
    inFlight++;
    queue.inFlight++;
    if (wasProbing) probing++;
    const [at, begun] = [clock.now(), clock.monotonic()];
    const { endpoint } = queue;
    const secrets = secretsOf(queue, at);
    const answer = await client.send({
      endpoint: endpoint.id,
      url: endpoint.url!,
      id: delivery.id,
      body: delivery.body,
      secrets,
    });
    inFlight--;
    queue.inFlight--;
    if (wasProbing) probing--;
    if (own.isOver) return;
    if (wasProbing) admitOnTrial();
    const durationMs = Math.max(0, Math.round(clock.monotonic() - begun));
    answered(queue, { delivery, answer, at, durationMs });
  }

  function answered(queue: EndpointQueue, tried: Parameters<typeof judgeAnswer>[0]): void {
    const { status, retryAfterMs = 0 } = tried.answer;
    const judgement = judgeAnswer(tried, queue.endpoint.retryScheduleS ?? DEFAULT_SCHEDULE_S, deps.random());
    queue.noteAnswer(status !== undefined);
    if (status !== undefined && QUIET.has(status)) {
      queue.pause(clock.now() + Math.min(retryAfterMs, LONGEST_QUIET_MS));
    }
    // Until it is stored that the endpoint is disabled.
    if (judgement.outcome === 'gone') queue.pause(clock.now() + DISABLING_MS);
    deps.onAttempt(judgement.outcome, tried.durationMs);
    recorder.add(judgement);
    if (queue.canSend) ready.add(queue);
    settleIdle();
    if (isActive) pump();
  }

  function recorded(batch: readonly Judgement[], promoted: readonly Uuid[]): void {
    loader.release(batch.length);
    for (const { settled, outcome } of batch) {
      const id = settled.endpointId;
      agenda.queueOf(id)?.release(settled.seq);
      if (outcome === 'retrying') agenda.dueAt(settled.dueAt);
      if (outcome === 'gone') void deps.disable(id, 'gone');
      else if (hasOnlyFailed(id, settled)) void deps.disable(id, 'failing');
    }
    for (const id of promoted) agenda.touch(id);
    for (const { settled } of batch) {
      const queue = agenda.queueOf(settled.endpointId);
      if (queue) loader.want(queue);
    }
    deps.onRecorded(batch);
  }

  function hasOnlyFailed(id: Uuid, { error, at, durationMs }: Judgement['settled']): boolean {
    const { failingSince } = health.get(id);
    return error !== null && failingSince !== null && at + durationMs - failingSince >= config.disableAfterMs;
  }

  function settleIdle(): void {
    if (inFlight === 0) idle?.();
  }

  return {
    inFlight: () => inFlight,
    isFailing: () => agenda.isFailing() || loader.isFailing(),
    /** There may be something to send. */
    wake: () => agenda.wake(),
    start(): void {
      if (isActive) return;
      isActive = true;
      term = { isOver: false };
      loader.start();
      agenda.start();
    },
    /** Lets what is under way end for 3 s; what is cut off then is sent again later. */
    async stop(): Promise<void> {
      if (!isActive) return;
      isActive = false;
      await Promise.all([agenda.stop(), loader.stop()]);
      ready.clear();
      onTrial.clear();
      await drained();
      term.isOver = true;
      client.cutOff();
      await recorder.stop();
      agenda.closeAll();
    },
  };

  async function drained(): Promise<void> {
    if (inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const timer = clock.after(DRAIN_MS, resolve);
      idle = () => {
        timer.cancel();
        resolve();
      };
    });
    idle = undefined;
  }
}

/** The newest first; the one before it for as long as a rotation lasts. */
function secretsOf({ secrets }: EndpointQueue, now: number): string[] {
  if (!secrets) return [];
  const { current, previous, previousUntil } = secrets;
  return previous !== null && previousUntil !== null && now < previousUntil ? [current, previous] : [current];
}
