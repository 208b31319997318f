import { createHash } from 'node:crypto';
import type { BodyDigest } from '../../../kernel/body-digest.js';
import type { Clock } from '../../../kernel/clock.js';
import { AppError } from '../../../kernel/errors.js';
import type { EventLog } from '../../../kernel/event.js';
import type { Uuid } from '../../../kernel/ids.js';
import { isUuid, newUuid } from '../../../kernel/ids.js';
import type { Seal } from '../../../kernel/seal.js';
import type { Transactions, Tx } from '../../../kernel/tx.js';
import { TxConflict } from '../../../kernel/tx.js';
import { DELIVERIES_CHANNEL } from '../deliveries/fan-out.js';
import type { DisabledReason, Endpoint, EndpointHealth } from './endpoint.js';
import { endpointNotFound, sealContext } from './endpoint.js';
import { checkFields } from './endpoint-input.js';
import type { EndpointFields, InputChecks } from './endpoint-input.js';
import { webhookView } from './endpoint-view.js';
import type { EndpointsPage, EndpointsRepository, NewEndpoint } from './endpoints.repository.js';
import { newSigningSecret } from './signing-secret.js';

/** Who calls. */
export interface Caller {
  name: string;
  role: 'admin' | 'operator' | 'viewer' | 'client';
  /** Of a `client`, which sees its own alone. */
  clientId?: string;
}

/** Makes repeated calls one webhook. */
export interface Idempotency {
  key: string;
  body: Buffer;
}

export interface WebhooksApiDeps {
  db: Transactions;
  clock: Clock;
  events: EventLog;
  endpoints: EndpointsRepository;
  seal: Seal;
  digest: BodyDigest;
  checks: InputChecks;
  mostEndpoints: number;
  idempotencyTtlMs: number;
}

/** An endpoint with the secret that is shown this once. */
export interface WithSecret {
  endpoint: Endpoint;
  secret: string;
}

/** SHA-256 of who calls with which key, and of the body. */
interface Keyed {
  key: string;
  hash: string;
}

export type WebhooksApi = ReturnType<typeof createWebhooksApi>;

const CHANGED = 'webhooks.changed';
const KEY_TAKEN = 'webhooks.key-taken';

export function createWebhooksApi(deps: WebhooksApiDeps) {
  const { db, clock, endpoints, seal, digest, checks } = deps;

  async function require(id: string, caller: Caller): Promise<Endpoint> {
    const endpoint = isUuid(id) ? await endpoints.get(id) : undefined;
    if (!endpoint || !isVisible(endpoint, caller)) throw endpointNotFound();
    return endpoint;
  }

  async function commit(tx: Tx): Promise<void> {
    db.nudgeAfter(tx, DELIVERIES_CHANNEL);
    try {
      await db.commit(tx);
    } catch (error) {
      throw error instanceof TxConflict && error.reason === CHANGED ? changedMeanwhile() : error;
    }
  }

  /** The endpoint of an earlier call with the same key; undefined where there was none. */
  async function earlier({ key, hash }: Keyed): Promise<WithSecret | undefined> {
    const found = await endpoints.findKey(key);
    if (!found) return undefined;
    if (found.createdAt <= clock.now() - deps.idempotencyTtlMs) {
      const tx = db.begin();
      endpoints.forgetKey(tx, key);
      await db.commit(tx);
      return undefined;
    }
    if (found.hash === null || !digest.isOf(found.hash, hash)) throw keyReused();
    const [endpoint, secrets] = await Promise.all([endpoints.get(found.id), endpoints.secrets(found.id)]);
    return endpoint && secrets && { endpoint, secret: seal.open(secrets.secret, sealContext(found.id)) };
  }

  async function insert(made: NewEndpoint, secret: string, call?: Keyed): Promise<WithSecret> {
    const tx = db.begin();
    endpoints.insert(tx, made);
    try {
      await commit(tx);
    } catch (error) {
      const isTaken = error instanceof TxConflict && error.reason === KEY_TAKEN;
      const winner = isTaken && call ? await earlier(call) : undefined;
      if (!winner) throw error;
      return winner;
    }
    return { endpoint: made.endpoint, secret };
  }

  async function refuseTooMany(): Promise<void> {
    if ((await endpoints.count()) < deps.mostEndpoints) return;
    const message = `There are ${deps.mostEndpoints} webhooks already`;
    throw new AppError(message, { code: 'webhooks.too-many', kind: 'conflict' });
  }

  return {
    require,
    list: (page: EndpointsPage, caller: Caller): Promise<Endpoint[]> =>
      endpoints.page(caller.role === 'client' ? { ...page, clientId: caller.clientId ?? '' } : page),
    health: (ids: readonly Uuid[]): Promise<Map<Uuid, EndpointHealth>> => endpoints.health(ids),
    eventTypes: () => checks.eventTypes(),

    /** Its secret is in this answer alone, and in those to repeated calls with the same key and body. */
    async create(
      fields: EndpointFields,
      caller: Caller,
      secret?: string,
      idempotency?: Idempotency,
    ): Promise<WithSecret> {
      const call = idempotency && keyed(idempotency, caller);
      const before = call && (await earlier(call));
      if (before) return before;
      const owned = ownedBy(fields, caller);
      await checkFields(checks, owned, secret);
      await refuseTooMany();
      const endpoint = newEndpoint(owned, caller, clock.now(), await deps.events.settled());
      const own = secret ?? newSigningSecret();
      const made = { endpoint, secret: seal.seal(own, sealContext(endpoint.id)) };
      const claim = call && { idempotency: { key: call.key, hash: digest.of(call.hash) } };
      return insert({ ...made, ...claim }, own, call);
    },

    /** Rejects with a conflict where somebody changed it since `endpoint` was read. */
    async change(endpoint: Endpoint, changes: Partial<EndpointFields>, caller: Caller): Promise<Endpoint> {
      const fields = ownedBy({ ...endpoint, ...changes }, caller);
      await checkFields(checks, fields, undefined, endpoint);
      const isBack = fields.enabled && !endpoint.enabled;
      const since = isBack ? { sincePosition: await deps.events.settled() } : {};
      const changed = {
        ...endpoint,
        ...fields,
        ...switched(endpoint, fields.enabled, clock.now()),
        ...since,
      };
      const next = { ...changed, version: endpoint.version + 1, updatedAt: clock.now() };
      const tx = db.begin();
      endpoints.update(tx, next);
      if (isBack) endpoints.setHealth(tx, endpoint.id, HEALTH_ANEW);
      await commit(tx);
      return next;
    },

    /** A new secret; the one before signs too for `overlapMs`, so that receivers can change over meanwhile. */
    async rotate(endpoint: Endpoint, overlapMs: number, secret?: string): Promise<WithSecret> {
      if (secret !== undefined) await checkFields(checks, endpoint, secret, endpoint);
      const before = await endpoints.secrets(endpoint.id);
      if (!before) throw endpointNotFound();
      const own = secret ?? newSigningSecret();
      const now = clock.now();
      const previousUntil = overlapMs > 0 ? now + overlapMs : null;
      const next = { ...endpoint, previousUntil, version: endpoint.version + 1, updatedAt: now };
      const tx = db.begin();
      const previous = previousUntil === null ? null : before.secret;
      endpoints.update(tx, next, {
        secret: seal.seal(own, sealContext(endpoint.id)),
        previous,
        previousUntil,
      });
      await commit(tx);
      return { endpoint: next, secret: own };
    },

    /** What was not delivered yet is not sent any more. */
    async remove(endpoint: Endpoint): Promise<void> {
      const tx = db.begin();
      endpoints.remove(tx, endpoint, clock.now());
      await commit(tx);
    },

    /** By ourselves, with an event; nothing where it is disabled already. */
    async disable(id: Uuid, reason: DisabledReason): Promise<boolean> {
      const endpoint = await endpoints.get(id);
      if (!endpoint?.enabled) return false;
      const now = clock.now();
      const off = { enabled: false, disabledReason: reason, disabledAt: now, updatedAt: now };
      const next: Endpoint = { ...endpoint, ...off, version: endpoint.version + 1 };
      const tx = db.begin();
      endpoints.update(tx, next);
      const health = await endpoints.health([id]);
      const data = JSON.stringify(webhookView(next, health.get(id), now));
      deps.events.append(tx, { type: 'webhook.disabled', subject: `webhooks/${id}`, time: now, data });
      await commit(tx);
      return true;
    },
  };
}

/** One that is switched on again is not blamed for what was before. */
const HEALTH_ANEW: EndpointHealth = {
  failingSince: null,
  lastSuccessAt: null,
  lastFailureAt: null,
  lastError: null,
};

function isVisible({ clientId }: Endpoint, caller: Caller): boolean {
  return caller.role !== 'client' || (clientId !== null && clientId === caller.clientId);
}

/** A client's webhooks are its own, whatever it says. */
function ownedBy(fields: EndpointFields, caller: Caller): EndpointFields {
  if (caller.role !== 'client') return fields;
  if (fields.clientId === null || fields.clientId === caller.clientId) {
    return { ...fields, clientId: caller.clientId ?? null };
  }
  const message = 'A client may only have webhooks of its own';
  throw new AppError(message, { code: 'access.forbidden', kind: 'forbidden' });
}

function newEndpoint(fields: EndpointFields, { name }: Caller, now: number, sincePosition: number): Endpoint {
  const disabledAt = fields.enabled ? null : now;
  return {
    ...fields,
    id: newUuid(now),
    disabledReason: fields.enabled ? null : 'by-hand',
    disabledAt,
    previousUntil: null,
    sincePosition,
    version: 1,
    createdAt: now,
    createdBy: name,
    updatedAt: now,
  };
}

function switched(before: Endpoint, enabled: boolean, now: number): Partial<Endpoint> {
  if (enabled === before.enabled) return {};
  return enabled
    ? { disabledReason: null, disabledAt: null }
    : { disabledReason: 'by-hand', disabledAt: now };
}

function keyed({ key, body }: Idempotency, { name }: Caller): Keyed {
  const hashed = (data: string | Buffer): string => createHash('sha256').update(data).digest('base64url');
  return { key: hashed(`${name} ${key}`), hash: hashed(body) };
}

function keyReused(): AppError {
  const message = 'This Idempotency-Key was used with another body';
  return new AppError(message, { code: 'webhooks.idempotency-key-reused', kind: 'invalid' });
}

function changedMeanwhile(): AppError {
  const message = 'The webhook was changed meanwhile; read it again';
  return new AppError(message, { code: CHANGED, kind: 'conflict', retryable: true });
}
