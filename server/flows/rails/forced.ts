import { availableMinor, balanceMinor } from '../../domains/ledger/rules.ts';
import { chart, type MoveSpec } from '../../domains/ledger/schema.ts';
import { bearableMinor } from '../../domains/rails/rules.ts';
import { newId } from '../../kernel/ids.ts';
import type { RailsWorld } from './rails-world.ts';

/** Money that was taken back outside, whether or not the wallet still has it. */
export interface TakenBack {
  readonly kind: string;
  readonly customerId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** The clearing account that it left by. */
  readonly clearing: string;
  readonly reference: string | null;
}

/**
 * The debits of money that was taken back: of the wallet as far as the policy lets it fall, which may leave it owing, and of the platform's
 * own losses for the rest. The wallet's part is forced: neither a freeze nor an empty wallet keeps it, and what is missing raises the
 * account's overdraft, which blocks spending until it is paid.
 */
export function planTakenBack(
  world: RailsWorld,
  taken: TakenBack,
): { readonly specs: MoveSpec[]; readonly debitedMinor: bigint } {
  const { kind, customerId, currency, amountMinor, clearing, reference } = taken;
  const own = chart.wallet(customerId, currency).code;
  const account = world.ledger.accounts.get(own);
  if (!account) throw new Error(`Account ${own} is not locked`);
  const maxDebt = world.rails.debt.get(currency) ?? null;
  const owned = account.closed ? 0n : bearableMinor(amountMinor, balanceMinor(account), account.debitsPending, maxDebt);
  const move = (debit: string, amount: bigint): MoveSpec => ({
    id: newId(),
    kind,
    phase: 'single',
    debit,
    credit: clearing,
    amountMinor: amount,
    currency,
    orderId: null,
    paymentId: null,
    reference,
  });
  const rest = amountMinor - owned;
  const specs = [
    ...(owned > 0n ? [{ ...move(own, owned), forced: true as const }] : []),
    ...(rest > 0n ? [move(chart.chargebacks(currency).code, rest)] : []),
  ];
  return { specs, debitedMinor: owned };
}

/** How far below zero the wallet is after it, for the log of changes. */
export function debtMinor(world: RailsWorld, customerId: string, currency: string): bigint {
  const account = world.ledger.accounts.get(chart.wallet(customerId, currency).code);
  const left = account ? availableMinor(account) - account.creditLimitMinor - account.overdraftMinor : 0n;
  return left < 0n ? -left : 0n;
}
