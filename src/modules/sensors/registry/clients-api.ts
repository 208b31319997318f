import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import { TxConflict } from '../../../kernel/tx.js';
import type { Transactions } from '../../../kernel/tx.js';
import type { Client } from './client.js';
import type { ClientsRepository } from './clients.repository.js';
import { makeOnce } from './make-once.js';
import type { MakeOnceDeps, Once } from './make-once.js';
import { CLIENT_CHANGED, NAME_TAKEN } from './refusals.js';
import type { SensorsRepository } from './sensors.repository.js';

export interface ClientsApiDeps extends MakeOnceDeps {
  db: Transactions;
  clock: Clock;
  clients: ClientsRepository;
  sensors: Pick<SensorsRepository, 'list'>;
}

/** Whose things the caller may see: a client's own, or (undefined) everybody's. */
export type Sight = string | undefined;

export type ClientsApi = ReturnType<typeof createClientsApi>;

/** Clients: unique names, and none goes that still has sensors. */
export function createClientsApi(deps: ClientsApiDeps) {
  const { db, clock, clients, sensors } = deps;

  async function require(id: string, sight?: Sight): Promise<Client> {
    const client = isUuid(id) && (sight === undefined || sight === id) ? await clients.get(id) : undefined;
    if (client) return client;
    throw new AppError('Client not found', { code: 'clients.not-found', kind: 'not-found' });
  }

  async function create(name: string, createdBy: string, once: Once | undefined): Promise<Client> {
    const now = clock.now();
    const client: Client = { id: newUuid(now), name, version: 1, createdAt: now, createdBy };
    const add = (tx: Parameters<ClientsRepository['insert']>[0]): void => clients.insert(tx, client);
    try {
      return await require(await makeOnce(deps, { id: client.id, add }, once));
    } catch (error) {
      throw error instanceof TxConflict && error.reason === NAME_TAKEN ? nameTaken(error) : error;
    }
  }

  async function rename(client: Client, name: string): Promise<Client> {
    if (!(await clients.isNameFree(name, client.id))) throw nameTaken();
    const tx = db.begin();
    clients.rename(tx, client, name);
    await commit(tx);
    return { ...client, name, version: client.version + 1 };
  }

  async function remove(client: Client): Promise<void> {
    const [own] = await sensors.list({ clientId: client.id }, { limit: 1 });
    if (own) {
      throw new AppError('The client still has sensors; they go first', {
        code: 'clients.has-sensors',
        kind: 'conflict',
      });
    }
    const tx = db.begin();
    clients.remove(tx, client, clock.now());
    await commit(tx);
  }

  async function commit(tx: Parameters<Transactions['commit']>[0]): Promise<void> {
    try {
      await db.commit(tx);
    } catch (error) {
      throw error instanceof TxConflict ? changedMeanwhile(CLIENT_CHANGED, error) : error;
    }
  }

  return {
    require,
    create,
    rename,
    remove,
    list: (page: { after?: string; limit: number; name?: string }, sight: Sight): Promise<Client[]> =>
      clients.list({ ...page, ...(sight === undefined ? {} : { id: sight }) }),
    exists: async (id: string): Promise<boolean> => isUuid(id) && (await clients.get(id)) !== undefined,
  };
}

/** Somebody else was faster; the same call may well succeed. */
export function changedMeanwhile(code: string, cause: unknown): AppError {
  const message = 'It was changed by another call at the same time; read it again';
  return new AppError(message, { code, kind: 'conflict', retryable: true, cause });
}

function nameTaken(cause?: unknown): AppError {
  const message = 'There is a client of that name already';
  return new AppError(message, { code: NAME_TAKEN, kind: 'conflict', cause });
}
