import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type MoneyRequest, type OpenRequests, REQUEST_LIFETIME_MS } from './rules.ts';
import type { RequestStatus } from './schema.ts';
import { countOpen, insertRequests, lockDue, lockRequests, updateRequests } from './store.ts';

/** Locked requests and what the batch makes of them. */
export interface RequestsState {
  readonly byId: Map<string, MoneyRequest>;
  readonly fresh: Set<string>;
  readonly dirty: Set<string>;
}

/** A state with nothing locked, for requests that are about to be made. */
export function none(): RequestsState {
  return { byId: new Map(), fresh: new Set(), dirty: new Set() };
}

/** Locks requests by id. Wallets come after them. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<RequestsState> {
  lockStep(tx, 'money_requests');
  return locked(await lockRequests(tx, [...new Set(ids)]));
}

/** Locks what nobody answered in time, as far as nobody is answering it now. */
export async function lockOverdue(tx: Tx, now: Date, limit: number): Promise<RequestsState> {
  lockStep(tx, 'money_requests');
  return locked(await lockDue(tx, now, limit));
}

const locked = (rows: readonly MoneyRequest[]): RequestsState => ({ ...none(), byId: new Map(rows.map((row) => [row.id, row])) });

/** The locked request. Throws `not_found`. */
export function requestOf(state: RequestsState, id: string): MoneyRequest {
  const request = state.byId.get(id);
  if (!request) throw new DomainError('not_found', 'There is no such request.');
  return request;
}

/** Counts what customers asked for and nobody answered. Whoever asks holds the lock of the asking wallets. */
export class OpenCounts {
  private readonly byPair = new Map<string, number>();
  private readonly byRequester = new Map<string, number>();
  private readonly byWallet = new Map<string, number>();

  of(requesterId: string, payerId: string): OpenRequests {
    return { all: this.byRequester.get(requesterId) ?? 0, ofPayer: this.byPair.get(`${requesterId}:${payerId}`) ?? 0 };
  }

  ofWallet(walletId: string): number {
    return this.byWallet.get(walletId) ?? 0;
  }

  add(request: Pick<MoneyRequest, 'requesterId' | 'requesterWallet' | 'payerId'>, count = 1): void {
    const raise = (map: Map<string, number>, key: string): void => {
      map.set(key, (map.get(key) ?? 0) + count);
    };
    raise(this.byPair, `${request.requesterId}:${request.payerId}`);
    raise(this.byRequester, request.requesterId);
    raise(this.byWallet, request.requesterWallet);
  }
}

export async function openOf(db: Queryable, requesters: readonly string[], now: Date): Promise<OpenCounts> {
  const counts = new OpenCounts();
  for (const { open, ...row } of await countOpen(db, [...new Set(requesters)], now)) counts.add(row, open);
  return counts;
}

/** Asks somebody for money. */
export function ask(
  state: RequestsState,
  wish: Pick<MoneyRequest, 'requesterWallet' | 'requesterId' | 'payerId' | 'currency' | 'amountMinor' | 'note'>,
  ctx: Ctx,
): MoneyRequest {
  const request: MoneyRequest = {
    ...wish,
    id: newId(),
    status: 'open',
    transferId: null,
    home: ctx.home,
    version: 1n,
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + REQUEST_LIFETIME_MS),
    decidedAt: null,
  };
  state.byId.set(request.id, request);
  state.fresh.add(request.id);
  return request;
}

/** Ends a locked request. `transferId` is the transfer that paid it. */
export function end(
  state: RequestsState,
  request: MoneyRequest,
  status: Exclude<RequestStatus, 'open'>,
  transferId: string | null,
  ctx: Ctx,
): MoneyRequest {
  const next: MoneyRequest = { ...request, status, transferId, decidedAt: ctx.now, version: request.version + 1n };
  state.byId.set(request.id, next);
  state.dirty.add(request.id);
  return next;
}

/** Writes what was asked and what ended. */
export async function write(tx: Tx, state: RequestsState): Promise<void> {
  const rows = (ids: ReadonlySet<string>): MoneyRequest[] => [...ids].map((id) => state.byId.get(id) as MoneyRequest);
  await insertRequests(tx, rows(state.fresh));
  await updateRequests(tx, rows(state.dirty));
}
