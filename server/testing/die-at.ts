import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import pg from 'pg';

/**
 * Loaded before `server/main.ts` (node --import): the process kills itself with SIGKILL at one counted boundary and at no other moment.
 * DIE_AT is `commit:2:during` or `call:1:after`; DIE_COUNTS names the prepared statement that makes a transaction count. Before: it is
 * about to be sent. During: it has been sent, and nobody hears of it. After: the answer is here, and nothing was done with it.
 */
type When = 'before' | 'during' | 'after';

const [of, nth, when] = (process.env.DIE_AT ?? '').split(':') as ['commit' | 'call', string, When];
const counted = process.env.DIE_COUNTS;
/** Long enough for a request to reach the other process, shorter than that one takes to answer. */
const ARRIVAL_MS = 40;
let seen = 0;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
const isHere = (kind: 'commit' | 'call'): boolean => kind === of && ++seen === Number(nth);

type Query = (...args: unknown[]) => unknown;
const query = pg.Client.prototype.query as unknown as Query;
const counting = new WeakSet<object>();

pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]): unknown {
  const [config] = args;
  if (typeof config === 'object' && config !== null && 'name' in config && config.name === counted) counting.add(this);
  if (config !== 'COMMIT' || !counting.delete(this) || !isHere('commit')) return query.apply(this, args);
  if (when === 'before') die();
  const committed = query.apply(this, args) as Promise<unknown>;
  if (when === 'during') setImmediate(die);
  else committed.then(die, die);
  return new Promise(() => {});
} as unknown as typeof pg.Client.prototype.query;

const afterwards = new WeakSet<ClientRequest>();
subscribe('http.client.request.created', (message) => {
  const { request } = message as { request: ClientRequest };
  if (!isHere('call')) return;
  if (when === 'before') die();
  if (when === 'during') request.once('finish', () => setTimeout(die, ARRIVAL_MS));
  else afterwards.add(request);
});
subscribe('http.client.response.finish', (message) => {
  if (afterwards.has((message as { request: ClientRequest }).request)) die();
});
