import { DomainError } from '../../kernel/errors.ts';
import type { RequestStatus } from './schema.ts';

/** One customer asks another for money. */
export interface MoneyRequest {
  readonly id: string;
  readonly requesterWallet: string;
  readonly requesterId: string;
  readonly payerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly note: string | null;
  readonly status: RequestStatus;
  readonly transferId: string | null;
  readonly home: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
}

/** Two weeks: long enough for a forgotten phone, short enough that nobody pays for a dinner of last year. */
export const REQUEST_LIFETIME_MS = 14 * 24 * 3_600_000;
/** More than anybody has going at once; whoever wants more is asking strangers. */
export const MAX_OPEN_REQUESTS = 20;
/** Of one person. Asking again and again is pestering. */
export const MAX_OPEN_OF_ONE = 3;

/** How many of a customer's requests nobody has answered: in all, and of one person. */
export interface OpenRequests {
  readonly all: number;
  readonly ofPayer: number;
}

/** Refuses one more request of somebody who asks too much. */
export function planRequest(open: OpenRequests): void {
  if (open.ofPayer >= MAX_OPEN_OF_ONE)
    throw new DomainError('limit_exceeded', 'You have asked this person already. Wait for an answer, or cancel what you asked.', {
      limit: 'open_requests_of_one',
      limitCount: MAX_OPEN_OF_ONE,
      usedCount: open.ofPayer,
    });
  if (open.all >= MAX_OPEN_REQUESTS)
    throw new DomainError('limit_exceeded', `At most ${MAX_OPEN_REQUESTS} requests can be open at once. Cancel some first.`, {
      limit: 'open_requests',
      limitCount: MAX_OPEN_REQUESTS,
      usedCount: open.all,
    });
}

const ENDED: Readonly<Record<Exclude<RequestStatus, 'open'>, string>> = {
  paid: 'This request was paid already.',
  declined: 'This request was declined already.',
  cancelled: 'This request was withdrawn.',
  expired: 'This request has expired.',
};

/** Why a request can no longer be answered; null where it can. What is over by the clock is over, swept or not. */
export function refusesAnswer({ status, expiresAt }: Pick<MoneyRequest, 'status' | 'expiresAt'>, now: Date): DomainError | null {
  if (status !== 'open') return new DomainError('state_refuses', ENDED[status], { status });
  if (now >= expiresAt) return new DomainError('state_refuses', ENDED.expired, { status: 'expired' });
  return null;
}

/** The status as it is at a moment, for whoever only looks. */
export function statusAt({ status, expiresAt }: Pick<MoneyRequest, 'status' | 'expiresAt'>, now: Date): RequestStatus {
  return status === 'open' && now >= expiresAt ? 'expired' : status;
}
