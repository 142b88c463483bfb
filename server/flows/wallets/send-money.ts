import { normalizeEmail } from '../../domains/customers/rules.ts';
import type { PersonInput, SendMoneyInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type MovedMoney, moveMoney } from './move-money.ts';
import { auditWallet, lockWallets, type WalletWorld, writeWallets } from './wallet-world.ts';

/**
 * Sends money to whoever has an e-mail address or a handle. Whether the address is a customer's, has a wallet in the currency, is frozen
 * or full is one and the same refusal.
 */
interface Sending extends WalletWorld {
  /** Where each request's address leads. */
  readonly reached: ReadonlyMap<SendMoneyInput, wallet.Reached>;
}

/** An address in the form that it is looked up by. */
export function addressOf(to: PersonInput): { readonly email: string | null; readonly handle: string | null } {
  return 'email' in to ? { email: normalizeEmail(to.email), handle: null } : { email: null, handle: to.handle };
}

async function lock(tx: Tx, requests: readonly Request<SendMoneyInput>[]): Promise<Sending> {
  const inputs = requests.map(({ input }) => input);
  const found = await wallet.reach(
    tx,
    inputs.map(({ to, currency }) => ({ ...addressOf(to), currency })),
  );
  const reached = new Map(inputs.flatMap((input, index) => (found[index] ? [[input, found[index]] as const] : [])));
  const ids = [...inputs.map((input) => input.walletId), ...found.flatMap((one) => one?.walletId ?? [])];
  const world = await lockWallets(tx, ids, (requests[0] as Request<SendMoneyInput>).ctx);
  return { ...world, reached };
}

function decide(world: Sending, { input, ctx }: Request<SendMoneyInput>): MovedMoney {
  const from = wallet.walletOf(world.wallets, input.walletId);
  if (from.currency !== input.currency)
    throw new DomainError('currency_mismatch', `This wallet is kept in ${from.currency}. Nothing is exchanged.`);
  const reached = world.reached.get(input);
  if (reached?.customerId === from.customerId)
    throw new DomainError('invalid_request', 'This is your own address. Send to somebody else.');
  const to = reached?.walletId ? world.wallets.byId.get(reached.walletId) : undefined;
  const { amountMinor, note = null } = input;
  const moved = moveMoney(world, { from, to, amountMinor, note, requestId: null }, ctx);
  const { transferId } = moved;
  auditWallet(world, from, 'wallet.sent', { after: { transferId, amountMinor: Number(amountMinor), toWallet: to?.id } }, ctx);
  return moved;
}

export const sendMoney: Verb<SendMoneyInput, Sending, MovedMoney> = { name: 'send-money', lock, decide, write: writeWallets };
