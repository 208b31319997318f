import { EquipmentClient, PARAMETERS } from './equipment-client.js';
import type { SeenRequest } from './provisioning-service.js';
import { RestClient } from './rest-client.js';
import { SeededRandom } from './seeded-random.js';
import { type Service, startService } from './service.js';
import { waitFor } from './wait-for.js';

export interface ChaosOptions {
  tasks: number;
  devices: number;
  /** SIGKILLs, spread over the work. */
  kills: number;
  seed: number;
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** A configuration that was asked for. */
export interface AskedTask {
  device: string;
  /** The how-manieth of its device; it stands in the parameters. */
  turn: number;
  id: string;
  expires: boolean;
}

export interface ChaosOutcome {
  asked: AskedTask[];
  /** By task id: `200`, `404`, `500`. */
  codes: Map<string, number>;
  kills: number;
}

/** A part of the devices is asked for things that expire soon. */
const EXPIRING = 0.1;
const PATIENCE_MS = 300_000;

/**
 * Asks for configurations of many devices while the service is killed and started again and again. Of one device each is asked for
 * after the one before was accepted; a call that got no answer is made again under its key.
 */
export class EquipmentChaos {
  readonly #random: SeededRandom;
  #service: Service | undefined;
  #stopped = false;
  kills = 0;

  constructor(private readonly options: ChaosOptions) {
    this.#random = new SeededRandom(options.seed);
  }

  async run(): Promise<ChaosOutcome> {
    await this.#start();
    const asked: AskedTask[] = [];
    const { tasks, devices } = this.options;
    const perDevice = Math.ceil(tasks / devices);
    const asking = Promise.all(
      Array.from({ length: devices }, (_, index) =>
        this.#askFor(`cpe${String(index).padStart(6, '0')}`, perDevice, asked),
      ),
    );
    const killing = this.#killing();
    await asking;
    await killing;
    const codes = new Map<string, number>();
    for (const task of asked) codes.set(task.id, await this.#codeOf(task));
    return { asked, codes, kills: this.kills };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#service?.stop();
  }

  async #start(): Promise<void> {
    const { cwd, env } = this.options;
    this.#service = await startService({ cwd, env });
  }

  async #askFor(device: string, count: number, asked: AskedTask[]): Promise<void> {
    for (let turn = 1; turn <= count; turn++) {
      const expires = this.#random.chance(EXPIRING);
      const body = {
        ...{ timeoutInSeconds: 1, parameters: { ...PARAMETERS, interfaces: [turn] } },
        ...(expires && { expiresInSeconds: 1 }),
      };
      const key = `${device}-${turn}`;
      const id = await this.#persistently(async (equipment) => {
        const { status, body: answer } = await equipment.post(device, body, { 'idempotency-key': key });
        return status === 200 ? (answer as { taskId: string }).taskId : undefined;
      });
      asked.push({ device, turn, id, expires });
    }
  }

  async #codeOf({ device, id }: AskedTask): Promise<number> {
    return this.#persistently(async (equipment) => {
      const { code } = (await equipment.state(device, id)).body as { code: number };
      return code === 204 ? undefined : code;
    });
  }

  /** Until it is answered, whoever was killed meanwhile. */
  #persistently<T>(call: (equipment: EquipmentClient) => Promise<T | undefined>): Promise<NonNullable<T>> {
    const probe = async (): Promise<T | undefined> => {
      try {
        return await call(new EquipmentClient(new RestClient(this.#service!.url)));
      } catch {
        return undefined;
      }
    };
    return waitFor('an answer', probe, { timeoutMs: PATIENCE_MS, everyMs: 50 });
  }

  async #killing(): Promise<void> {
    for (let i = 0; i < this.options.kills && !this.#stopped; i++) {
      await new Promise((resolve) => setTimeout(resolve, 300 + 1_500 * this.#random.next()));
      await this.#service!.kill();
      this.kills++;
      await this.#start();
    }
  }
}

/** What must hold of the requests that the provisioning service saw: a fault, or undefined. */
export function orderFault(seen: readonly SeenRequest[]): string | undefined {
  const last = new Map<string, number>();
  for (const { id, body } of seen) {
    const [turn = 0] = (body as { parameters: { interfaces: number[] } }).parameters.interfaces;
    const before = last.get(id) ?? 0;
    if (turn <= before) return `${id}: request ${turn} came after ${before}`;
    last.set(id, turn);
  }
  return undefined;
}
