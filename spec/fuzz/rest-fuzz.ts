import fc from 'fast-check';
import type { OpenApi } from '../support/open-api.js';
import { faultOf } from './judge-answer.js';
import { KnownValues } from './known-values.js';
import { RawConnection, type WireAnswer } from './raw-connection.js';
import { requestsFor } from './request-arbitraries.js';
import { type Blueprint, bytesOf, endsConnection, type RequestCase } from './request-case.js';
import type { Sender } from './senders.js';
import { otherPaths, wireInputs } from './wire-arbitraries.js';

const BATCH = 20;
const IN_FLIGHT = 24;
const ANSWER_WITHIN_MS = 20_000;
const LONGEST_SHOWN = 600;

export interface RestFuzzOptions {
  api: OpenApi;
  port: number;
  seed: number;
  inputs: number;
  /** Nobody in particular where tokens are not asked for. */
  senders?: readonly Sender[];
  /** Ids that no input may name. */
  spared?: ReadonlySet<string>;
  onProgress?: (done: number) => void;
}

/** What came of a group of inputs. */
export interface Tally {
  inputs: number;
  /** How often each status came; `none` where the connection was closed instead. */
  statuses: Map<string, number>;
}

export interface Failure {
  what: string;
  times: number;
  /** The first of its kind: what was sent, what came. */
  example: string;
}

/** Sends inputs, each call of the document its share, and judges every answer. */
export class RestFuzz {
  readonly tallies = new Map<string, Tally>();
  readonly failures = new Map<string, Failure>();
  readonly #known: KnownValues;

  constructor(private readonly options: RestFuzzOptions) {
    this.#known = new KnownValues(options.spared);
  }

  async run(): Promise<void> {
    const blueprints = this.#blueprints();
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => this.#lane(blueprints)));
  }

  /** The same ones for the same seed and document. */
  *#blueprints(): Generator<Blueprint, void> {
    const { api, seed, inputs, onProgress } = this.options;
    const sources = [
      ...api.operations.map((operation) => requestsFor(api, operation)),
      wireInputs,
      otherPaths,
    ];
    for (let made = 0, batch = 0; made < inputs; batch++) {
      const source = sources[batch % sources.length]!;
      const numRuns = Math.min(BATCH, inputs - made);
      yield* fc.sample(source, { seed: seed + batch, numRuns });
      made += numRuns;
      onProgress?.(made);
    }
  }

  async #lane(blueprints: Generator<Blueprint, void>): Promise<void> {
    let connection: RawConnection | undefined;
    for (const blueprint of blueprints) {
      const sender = this.options.senders?.[blueprint.sender % this.options.senders.length];
      const sent = this.#built(blueprint, sender);
      if (endsConnection(sent)) {
        await this.#sendAlone(blueprint, sent);
        continue;
      }
      if (!connection?.isUsable) connection = new RawConnection(this.options.port);
      connection.write(bytesOf(sent));
      const answer = await this.#answer(connection, sent.method === 'HEAD');
      this.#judge(blueprint, sent, sender, answer, connection.fault);
      if (!answer) connection.close();
    }
    connection?.close();
  }

  #built(blueprint: Blueprint, sender: Sender | undefined): RequestCase {
    const sent = blueprint.build(this.#known);
    return sender?.header && !sent.raw ? { ...sent, headers: [...sent.headers, sender.header] } : sent;
  }

  /** On a connection that is closed behind it; all answers that come until then are judged. */
  async #sendAlone(blueprint: Blueprint, sent: RequestCase): Promise<void> {
    const connection = new RawConnection(this.options.port);
    connection.write(bytesOf(sent));
    connection.end();
    let answer = await this.#answer(connection, false);
    this.#count(blueprint, answer);
    for (let n = 0; answer && n < 10; n++) {
      // Bytes that hold several requests have answers that are not those to the first one.
      this.#note(
        blueprint,
        sent,
        faultOf(this.options.api, { ...sent, raw: bytesOf(sent) }, undefined, answer),
        answer,
      );
      answer = await this.#answer(connection, false);
    }
    if (connection.fault) this.#note(blueprint, sent, connection.fault, undefined);
    connection.close();
  }

  async #answer(connection: RawConnection, headOnly: boolean): Promise<WireAnswer | undefined> {
    const late = setTimeout(() => {
      connection.fault = `neither an answer nor an end within ${ANSWER_WITHIN_MS / 1_000} s`;
      connection.close();
    }, ANSWER_WITHIN_MS);
    const answer = await connection.answer(headOnly);
    clearTimeout(late);
    return answer;
  }

  #judge(
    blueprint: Blueprint,
    sent: RequestCase,
    sender: Sender | undefined,
    answer: WireAnswer | undefined,
    broken: string | undefined,
  ): void {
    this.#count(blueprint, answer);
    const fault = answer ? faultOf(this.options.api, sent, sender, answer) : (broken ?? 'no answer');
    this.#note(blueprint, sent, fault, answer);
    if (answer && answer.status < 300) {
      this.#known.learn(sent.target.split('?')[0]!, answer.body, answer.headers.get('location'));
    }
  }

  #count({ aim }: Blueprint, answer: WireAnswer | undefined): void {
    const name = aim?.name ?? 'no call of the document';
    const tally = this.tallies.get(name) ?? { inputs: 0, statuses: new Map<string, number>() };
    this.tallies.set(name, tally);
    const status = String(answer?.status ?? 'none');
    tally.inputs++;
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
  }

  #note(
    { aim }: Blueprint,
    sent: RequestCase,
    fault: string | undefined,
    answer: WireAnswer | undefined,
  ): void {
    if (fault === undefined) return;
    const what = `${aim?.name ?? 'bytes'}: ${fault}`.slice(0, 300);
    const known = this.failures.get(what);
    if (known) known.times++;
    else this.failures.set(what, { what, times: 1, example: exampleOf(sent, answer) });
  }
}

function exampleOf(sent: RequestCase, answer: WireAnswer | undefined): string {
  const request = bytesOf(sent).toString('latin1').slice(0, LONGEST_SHOWN);
  const came =
    answer &&
    `${answer.status} ${JSON.stringify([...answer.headers])} ${answer.body.toString('utf8').slice(0, LONGEST_SHOWN)}`;
  return `  sent ${JSON.stringify(request)}\n  came ${came ?? 'nothing'}`;
}
