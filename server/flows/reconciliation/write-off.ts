import type { Approval } from '../../domains/approvals/rules.ts';
import { planReversal, planTransfers } from '../../domains/ledger/rules.ts';
import { type AccountRef, chart, type TransferSpec } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { differenceMinor, type Item } from '../../domains/reconciliation/rules.ts';
import * as reconciliation from '../../domains/reconciliation/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { Outbox } from '../../platform/outbox.ts';
import type { Locked } from '../../platform/verb.ts';
import { tellResolved } from './resolve-difference.ts';

/** Where a second person's word on a difference is carried out. */
interface Deciding extends Locked {
  readonly reconciliation: reconciliation.ReconciliationState;
  readonly ledger: ledger.LedgerState;
  readonly outbox: Outbox;
}

/** The accounts that writing an item off moves money between. */
export function writeOffAccounts({ provider, currency }: Pick<Item, 'provider' | 'currency'>): AccountRef[] {
  const clearing = provider === 'bank' ? chart.bankClearing(currency) : chart.pspClearing(provider, currency);
  return [clearing, chart.suspense(currency)];
}

/** What approving writes: the clearing account then holds what the provider says. Throws where the difference is another one by now. */
export function planWriteOff(world: Deciding, approval: Approval, at: Date): readonly TransferSpec[] {
  const item = reconciliation.itemOf(world.reconciliation, approval.subjectId);
  const difference = differenceMinor(item);
  if (item.status !== 'awaiting_approval' || item.approvalId !== approval.id || absolute(difference) !== approval.amountMinor)
    throw new DomainError('state_refuses', 'This difference is no longer the one that was to be written off. Reject it.');
  const [clearing, suspense] = writeOffAccounts(item).map(({ code }) => code) as [string, string];
  const [debit, credit] = difference > 0n ? [clearing, suspense] : [suspense, clearing];
  return planTransfers(
    world.ledger,
    [
      {
        id: newId(),
        kind: 'write_off',
        phase: 'single',
        debit,
        credit,
        amountMinor: absolute(difference),
        currency: item.currency,
        orderId: null,
        paymentId: null,
        reference: item.key,
      },
    ],
    at,
  );
}

/** Writes the difference off, or opens it again for somebody to explain. */
export function settleWriteOff(world: Deciding, approval: Approval, specs: readonly TransferSpec[] | null, ctx: Ctx): void {
  const item = reconciliation.itemOf(world.reconciliation, approval.subjectId);
  if (specs === null) {
    if (item.approvalId !== approval.id || item.status !== 'awaiting_approval') return;
    const open = reconciliation.change(world.reconciliation, item.id, { status: 'open', approvalId: null });
    tellResolved(world.outbox, item, open, approval.reason, ctx);
    return;
  }
  const [transfer] = ledger.post(world.ledger, specs, ctx);
  const after = {
    status: 'written_off',
    resolvedBy: ctx.actor,
    resolvedAt: ctx.now,
    writeOffId: transfer?.id ?? null,
  } as const;
  const next = reconciliation.change(world.reconciliation, item.id, after);
  tellResolved(world.outbox, item, next, item.note, ctx);
}

/** The transfer that takes a write-off back. */
export const WRITE_OFF_UNDONE = 'write_off_undone';

/**
 * Takes back what was written off of differences that are others now or no more: what clearing was made to hold it holds by itself, and
 * twice otherwise. What two people took back already stays so.
 */
export async function undoWriteOffs(
  tx: Tx,
  undone: reconciliation.FinishedRun['undone'],
  outbox: Outbox,
  ctx: Ctx,
): Promise<void> {
  if (undone.length === 0) return;
  const originals = await ledger.findTransfers(
    tx,
    undone.flatMap(({ before }) => before.writeOffId ?? []),
  );
  const sides = [...originals.values()].flatMap(({ debitAccount, creditAccount }) => [debitAccount, creditAccount]);
  const books = await ledger.lockExisting(tx, { accounts: [...new Set(sides)], holds: [], now: ctx.now });
  const reversed = await ledger.reversedMinor(tx, [...originals.keys()]);
  for (const original of originals.values()) {
    const taken = reversed.get(original.id) ?? 0n;
    if (taken === original.amountMinor) continue;
    const wanted = { phase: 'reverse', id: newId(), kind: WRITE_OFF_UNDONE, transferId: original.id } as const;
    const specs = [planReversal(original, taken, { ...wanted, reference: original.reference })];
    ledger.post(books, planTransfers(books, specs, ctx.now), ctx);
  }
  await ledger.write(tx, books);
  for (const { before, after } of undone)
    tellResolved(
      outbox,
      before,
      after,
      `Taken back: write-off ${before.writeOffId}, of a difference that is no longer there`,
      ctx,
    );
}

const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
