import { type MoneyRequest, planRequest } from '../../domains/money-requests/rules.ts';
import * as requests from '../../domains/money-requests/service.ts';
import { unreachable } from '../../domains/wallet/rules.ts';
import type { SendMoneyInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, type Outbox } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { addressOf } from './send-money.ts';
import { lockWallets, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Asks somebody for money, who may pay or decline for two weeks. `walletId` is where the money would go. Whom nobody can pay nobody can
 * ask, in the same words; and how many one may have going is limited, under the lock of the asking wallet.
 */
export interface AskedMoney {
  readonly requestId: string;
  readonly status: string;
  readonly expiresAt: string;
  readonly version: number;
}

interface Asking extends WalletWorld {
  readonly requests: requests.RequestsState;
  readonly counts: requests.OpenCounts;
  readonly reached: ReadonlyMap<SendMoneyInput, wallet.Reached>;
}

async function lock(tx: Tx, batch: readonly Request<SendMoneyInput>[]): Promise<Asking> {
  const inputs = batch.map(({ input }) => input);
  const found = await wallet.reach(
    tx,
    inputs.map(({ to, currency }) => ({ ...addressOf(to), currency })),
  );
  const reached = new Map(inputs.flatMap((input, index) => (found[index] ? [[input, found[index]] as const] : [])));
  const { ctx } = batch[0] as Request<SendMoneyInput>;
  const world = await lockWallets(
    tx,
    inputs.map((input) => input.walletId),
    ctx,
  );
  const askers = [...world.wallets.byId.values()].map((one) => one.customerId);
  return { ...world, requests: requests.none(), counts: await requests.openOf(tx, askers, ctx.now), reached };
}

function decide(world: Asking, { input, ctx }: Request<SendMoneyInput>): AskedMoney {
  const to = wallet.walletOf(world.wallets, input.walletId);
  if (to.currency !== input.currency)
    throw new DomainError('currency_mismatch', `This wallet is kept in ${to.currency}. Nothing is exchanged.`);
  if (to.status === 'closed') throw new DomainError('account_closed', 'This wallet is closed.');
  if (to.frozenBy === 'staff') throw new DomainError('account_frozen', 'This wallet is frozen. Write to us to find out why.');
  const reached = world.reached.get(input);
  if (reached?.customerId === to.customerId)
    throw new DomainError('invalid_request', 'This is your own address. Ask somebody else.');
  const most = wallet.limitsOf(world.wallets, to).balanceMinor;
  if (input.amountMinor > most) throw new DomainError('limit_exceeded', 'Your wallet may not hold that much.', asLimit(to, most));
  if (!reached?.walletId) throw unreachable(to.currency);
  const payerId = reached.customerId;
  planRequest(world.counts.of(to.customerId, payerId));
  const { amountMinor, note = null, currency } = input;
  const wish = { requesterWallet: to.id, requesterId: to.customerId, payerId, currency, amountMinor, note };
  const asked = requests.ask(world.requests, wish, ctx);
  world.counts.add(asked);
  world.applied++;
  tellOfRequest(world.outbox, asked, 'money_request.created', ctx);
  const { id, status, expiresAt, version } = asked;
  return { requestId: id, status, expiresAt: expiresAt.toISOString(), version: Number(version) };
}

function asLimit({ tier, currency }: { tier: string; currency: string }, most: bigint): Record<string, unknown> {
  return { limit: 'balance', tier, currency, limitMinor: Number(most), usedMinor: 0, leftMinor: Number(most), resetsAt: null };
}

/** Tells both sides what became of a request, and writes who did it down. What was said with it stays in its row. */
export function tellOfRequest(outbox: Outbox, request: MoneyRequest, type: EventType, ctx: Ctx): void {
  const { id, version, requesterId, payerId, amountMinor, currency, status, transferId } = request;
  const data = {
    requestId: id,
    requesterId,
    payerId,
    amountMinor: Number(amountMinor),
    currency,
    ...(transferId ? { transferId } : {}),
  };
  emit(outbox, { aggregate: 'money_request', aggregateId: id, aggregateVersion: version, merchantId: null, type, data }, ctx);
  const before = version > 1n ? { status: 'open' } : null;
  audit(outbox, { action: type, entity: 'money_request', entityId: id, before, after: { status } }, ctx);
}

export const requestMoney: Verb<SendMoneyInput, Asking, AskedMoney> = {
  name: 'request-money',
  lock,
  decide,
  async write(tx, world) {
    await requests.write(tx, world.requests);
    await writeWallets(tx, world);
  },
};
