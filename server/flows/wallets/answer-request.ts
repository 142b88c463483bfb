import type pg from 'pg';
import { refusesAnswer } from '../../domains/money-requests/rules.ts';
import type { EndRequestInput, PayRequestInput } from '../../domains/money-requests/schema.ts';
import * as requests from '../../domains/money-requests/service.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Verb } from '../../platform/verb.ts';
import { type MovedMoney, moveMoney } from './move-money.ts';
import { tellOfRequest } from './request-money.ts';
import { lockWallets, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Pays a request, once: its row is locked first, so that of two who pay, or one who pays while it expires or is withdrawn, one is
 * first and the other is told what happened.
 */
interface Paying extends WalletWorld {
  readonly requests: requests.RequestsState;
}

export interface PaidRequest extends MovedMoney {
  readonly requestId: string;
  readonly status: string;
}

export const payRequest: Verb<PayRequestInput, Paying, PaidRequest> = {
  name: 'pay-money-request',
  async lock(tx, batch) {
    const asked = await requests.lock(
      tx,
      batch.map(({ input }) => input.requestId),
    );
    const ids = batch.map(({ input }) => input.walletId);
    const targets = [...asked.byId.values()].map((request) => request.requesterWallet);
    const [first] = batch;
    if (!first) throw new Error('A batch has an item');
    return { ...(await lockWallets(tx, [...ids, ...targets], first.ctx)), requests: asked };
  },
  decide(world, { input, ctx }) {
    const request = requests.requestOf(world.requests, input.requestId);
    const from = wallet.walletOf(world.wallets, input.walletId);
    if (from.customerId !== request.payerId) throw new DomainError('not_found', 'There is no such request.');
    const refused = refusesAnswer(request, ctx.now);
    if (refused) throw refused;
    if (from.currency !== request.currency)
      throw new DomainError('currency_mismatch', `This is asked for in ${request.currency}. Pay from a wallet in it.`);
    const to = world.wallets.byId.get(request.requesterWallet);
    const { amountMinor, note } = request;
    const moved = moveMoney(world, { from, to, amountMinor, note, requestId: request.id }, ctx);
    const paid = requests.end(world.requests, request, 'paid', moved.transferId, ctx);
    tellOfRequest(world.outbox, paid, 'money_request.paid', ctx);
    return { ...moved, requestId: request.id, status: paid.status };
  },
  async write(tx, world) {
    await requests.write(tx, world.requests);
    await writeWallets(tx, world);
  },
};

interface Ending extends Locked {
  readonly requests: requests.RequestsState;
  readonly outbox: Outbox;
}

export interface EndedRequest {
  readonly requestId: string;
  readonly status: string;
  readonly version: number;
}

/** Declines or withdraws a request: no wallet is touched, so a frozen one can still say no. */
export const endRequest: Verb<EndRequestInput, Ending, EndedRequest> = {
  name: 'end-money-request',
  async lock(tx, batch) {
    const asked = await requests.lock(
      tx,
      batch.map(({ input }) => input.requestId),
    );
    return { applied: 0, requests: asked, outbox: newOutbox() };
  },
  decide(world, { input, ctx }) {
    const request = requests.requestOf(world.requests, input.requestId);
    const refused = refusesAnswer(request, ctx.now);
    if (refused) throw refused;
    const ended = requests.end(world.requests, request, input.how, null, ctx);
    world.applied++;
    tellOfRequest(world.outbox, ended, `money_request.${input.how}`, ctx);
    return { requestId: ended.id, status: ended.status, version: Number(ended.version) };
  },
  async write(tx, world) {
    await requests.write(tx, world.requests);
    await writeOutbox(tx, world.outbox);
  },
};

/** One sweep ends this many at most; the next one takes the rest. */
const BATCH = 200;

/** Ends what nobody answered in time. Returns how many. */
export async function expireRequests(pool: pg.Pool, ctx: Ctx): Promise<number> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const due = await requests.lockOverdue(tx, ctx.now, BATCH);
    const outbox = newOutbox();
    for (const request of [...due.byId.values()])
      tellOfRequest(outbox, requests.end(due, request, 'expired', null, ctx), 'money_request.expired', ctx);
    await requests.write(tx, due);
    await writeOutbox(tx, outbox);
    return due.dirty.size;
  });
}
