import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { LIVE_TOPICS } from '../kernel/live-topics.ts';
import type { LiveEvent, LiveHub } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { ownersOfOrders } from '../views/order-owners.ts';
import type { ApiSettings } from './app.ts';
import { authorise, type Scope } from './authorise.ts';
import { GROUPS, type PermissionRow } from './permissions.ts';
import { resolvePrincipal } from './principal.ts';

/** Everybody with a session may listen; what they hear is what they may see. */
const LIVE: PermissionRow = { allow: { ...GROUPS.STAFF, merchant: 'own', customer: 'own' } };

const HEARTBEAT_MS = 15_000;
/** Browsers open one connection per tab; more than this from one person is a mistake. */
const MAX_PER_PERSON = 20;
const MAX_PER_PROCESS = 2_000;
/** What a client that does not read may have waiting. Past it the connection ends, and the page loads afresh when it is back. */
const MAX_UNREAD_BYTES = 256 * 1024;
const MAX_TOPICS = 50;
/** A page's clock starts a little before its question is asked and the question takes its time. */
const ON_THE_WAY_MS = 2_000;
const TOPIC = new RegExp(`^(${LIVE_TOPICS.join('|')})(:[0-9a-f-]{36})?$`);

export interface LiveDeps {
  readonly pool: pg.Pool;
  readonly settings: ApiSettings;
  readonly log: Log;
  readonly hub: LiveHub;
}

export interface LiveEndpoint {
  /**
   * GET /api/live?topics=order,order:<id>,sku: server-sent events named "change" with ids, types and versions, no content: pages
   * fetch again what changed. "reset" says that events may have been missed: fetch everything again. `missed=<milliseconds>` says how long
   * ago the page last knew everything: what happened since is told first, so that nothing falls between reading and listening.
   */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Open connections. */
  count(): number;
  close(): void;
}

/** Events that say whose they are, and where: both sides of a request for money hear of it. */
const WHOSE: Readonly<Partial<Record<string, readonly string[]>>> = {
  wallet: ['customerId'],
  money_request: ['requesterId', 'payerId'],
};

interface Client {
  readonly res: ServerResponse;
  readonly actor: string;
  readonly scope: Scope;
  readonly topics: ReadonlySet<string>;
}

/** Makes the endpoint that pages listen to. One per process. */
export function createLiveEndpoint(deps: LiveDeps): LiveEndpoint {
  const clients = new Set<Client>();
  // Looking up owners is asynchronous; the chain keeps batches in order.
  let chain: Promise<void> = Promise.resolve();
  const unsubscribe = deps.hub.subscribe((events) => {
    chain = chain.then(() => broadcast(deps, clients, events)).catch((error) => lostTrack(deps.log, clients, error));
  });

  return {
    async handle(req, res) {
      if (req.method !== 'GET') throw new DomainError('invalid_request', 'Listen with GET.');
      const principal = await resolvePrincipal(req.headers, deps.pool, deps.settings);
      const scope = authorise(principal, LIVE, deps.settings.demo);
      const topics = topicsOf(req);
      const missing = missedSince(req);
      const mine = [...clients].filter((client) => client.actor === principal.actor).length;
      if (mine >= MAX_PER_PERSON || clients.size >= MAX_PER_PROCESS) {
        throw new DomainError('overloaded', 'Too many pages listen for changes. Close some, and reload this one.', {
          retryAfterSeconds: 10,
        });
      }
      const client: Client = { res, actor: principal.actor, scope, topics };
      // Joins between two batches, before the browser learns that it is connected: what it reads from then on misses nothing.
      chain = chain
        .then(() => {
          openStream(res);
          if (!res.destroyed) clients.add(client);
          return catchUp(deps, client, lastEventId(req), missing);
        })
        .catch((error) => lostTrack(deps.log, [client], error));
      const heartbeat = setInterval(() => void stillWelcome(deps, req, client), HEARTBEAT_MS);
      res.on('close', () => {
        clearInterval(heartbeat);
        clients.delete(client);
      });
    },
    count: () => clients.size,
    close() {
      unsubscribe();
      for (const { res } of clients) res.end();
    },
  };
}

function topicsOf(req: IncomingMessage): ReadonlySet<string> {
  const asked = new URL(req.url ?? '/', 'http://waybill').searchParams.get('topics') ?? 'order';
  const topics = asked.split(',').filter((topic) => topic !== '');
  const wrong = topics.find((topic) => !TOPIC.test(topic));
  if (wrong !== undefined)
    throw new DomainError('invalid_request', `There is no topic "${wrong}". Ask for ${LIVE_TOPICS.join(', ')}, or order:<id>.`);
  if (topics.length > MAX_TOPICS) throw new DomainError('invalid_request', `Listen to at most ${MAX_TOPICS} topics at once.`);
  return new Set(topics);
}

/** From when on the page may have missed something (`performance.now()`); undefined where it does not say. */
function missedSince(req: IncomingMessage): number | undefined {
  const text = new URL(req.url ?? '/', 'http://waybill').searchParams.get('missed');
  if (text === null) return undefined;
  if (!/^\d{1,12}$/.test(text)) throw new DomainError('invalid_request', 'Say with "missed" how many milliseconds were missed.');
  return performance.now() - Number(text) - ON_THE_WAY_MS;
}

function lastEventId(req: IncomingMessage): string | undefined {
  const value = req.headers['last-event-id'];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function openStream(res: ServerResponse): void {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // Otherwise nginx collects the stream instead of passing it on.
    'X-Accel-Buffering': 'no',
  });
  res.write('retry: 2000\n: connected\n\n');
}

/** A browser that comes (back) hears what it missed, if this process remembers; otherwise it is told to load afresh. */
async function catchUp(deps: LiveDeps, client: Client, lastId: string | undefined, missing: number | undefined): Promise<void> {
  // With it a browser that heard nothing yet can come back to this place.
  const cursor = deps.hub.cursor();
  if (lastId === undefined && cursor !== undefined) send(client, `id: ${cursor}\n\n`);
  if (lastId === undefined && missing === undefined) return;
  const missed = lastId === undefined ? deps.hub.heardAfter(missing ?? 0) : deps.hub.since(lastId);
  if (missed) await broadcast(deps, [client], missed);
  else send(client, 'event: reset\ndata: {}\n\n');
}

async function broadcast(deps: LiveDeps, clients: Iterable<Client>, events: readonly LiveEvent[]): Promise<void> {
  const present = [...clients];
  const orders = present.some((client) => client.scope.customerId !== null)
    ? [...new Set(events.filter((event) => event.aggregate === 'order').map((event) => event.aggregateId))]
    : [];
  const owners = orders.length > 0 ? await ownersOfOrders(deps.pool, orders) : new Map<string, string>();
  for (const event of events) {
    const message = messageOf(event);
    for (const client of present) {
      if (isWanted(client, event) && maySee(client.scope, event, owners)) send(client, message);
    }
  }
}

function isWanted({ topics }: Client, event: LiveEvent): boolean {
  return topics.has(event.aggregate) || topics.has(`${event.aggregate}:${event.aggregateId}`);
}

function maySee(scope: Scope, event: LiveEvent, owners: ReadonlyMap<string, string>): boolean {
  if (scope.merchantId !== null && event.merchantId !== scope.merchantId) return false;
  if (scope.customerId === null) return true;
  if (event.aggregate === 'order') return owners.get(event.aggregateId) === scope.customerId;
  if (event.aggregate === 'customer') return event.aggregateId === scope.customerId;
  return WHOSE[event.aggregate]?.some((side) => event.data[side] === scope.customerId) ?? false;
}

function messageOf(event: LiveEvent): string {
  const data = {
    id: event.id,
    type: event.type,
    aggregate: event.aggregate,
    aggregateId: event.aggregateId,
    aggregateVersion: Number(event.aggregateVersion),
    at: event.at.toISOString(),
  };
  return `id: ${event.cursor}\nevent: change\ndata: ${JSON.stringify(data)}\n\n`;
}

function send({ res }: Client, message: string): void {
  if (res.destroyed || res.writableEnded) return;
  if (res.writableLength > MAX_UNREAD_BYTES) res.destroy();
  else res.write(message);
}

/** Events that could not be told apart are not guessed at: everybody loads afresh. */
function lostTrack(log: Log, clients: Iterable<Client>, error: unknown): void {
  log.warn({ err: error }, 'live events were not told; listeners load afresh');
  for (const client of clients) send(client, 'event: reset\ndata: {}\n\n');
}

/** Each heartbeat asks again who this is: a revoked session hears nothing more, and a changed role reconnects under its new scope. */
async function stillWelcome(deps: LiveDeps, req: IncomingMessage, client: Client): Promise<void> {
  try {
    const principal = await resolvePrincipal(req.headers, deps.pool, deps.settings);
    const scope = authorise(principal, LIVE, deps.settings.demo);
    const same = scope.merchantId === client.scope.merchantId && scope.customerId === client.scope.customerId;
    if (same) send(client, ': heartbeat\n\n');
    else client.res.end();
  } catch (error) {
    if (error instanceof DomainError) client.res.end();
    else send(client, ': heartbeat\n\n'); // the database is away; the next one asks again
  }
}
