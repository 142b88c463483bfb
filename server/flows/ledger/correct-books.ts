import type { Approval } from '../../domains/approvals/rules.ts';
import * as approvals from '../../domains/approvals/service.ts';
import { type Account, type AppliedTransfer, type Ledger, planReversal, planTransfers } from '../../domains/ledger/rules.ts';
import {
  type CorrectionPayload,
  correctionPayload,
  type MoveSpec,
  type ProposeAdjustmentInput,
  type ProposeReversalInput,
  programMerchant,
} from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Corrections of the books by hand, which one person proposes and another decides: an adjustment moves an amount between two accounts, a
 * reversal takes back what is left of a transfer. The rules of any transfer are asked twice, when it is proposed and when it is decided:
 * an account may have been frozen, emptied or closed in between. The posted transfer names the approval, the approval both persons.
 */
export interface ProposedCorrection {
  readonly approvalId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/** What corrections need to know of the transfers that they take back. */
export interface Reversals {
  readonly originals: ReadonlyMap<string, AppliedTransfer>;
  readonly reversed: Map<string, bigint>;
}

interface Proposing extends Locked, Reversals {
  readonly ledger: ledger.LedgerState;
  readonly approvals: approvals.ApprovalsState;
  readonly outbox: Outbox;
}

/** The actions of approvals that are corrections. */
export const CORRECTIONS = ['adjust-ledger', 'reverse-transfer'] as const;
const isCorrection = (action: string): boolean => CORRECTIONS.some((known) => known === action);

async function lock(
  tx: Tx,
  wanted: { accounts: readonly string[]; transfers: readonly string[]; now: Date },
): Promise<Proposing> {
  const policies = await approvals.lock(tx, []);
  const originals = await ledger.findTransfers(tx, wanted.transfers);
  const sides = [...originals.values()].flatMap(({ debitAccount, creditAccount }) => [debitAccount, creditAccount]);
  const state = await ledger.lockExisting(tx, {
    accounts: [...new Set([...wanted.accounts, ...sides])],
    holds: [],
    now: wanted.now,
  });
  const reversed = await ledger.reversedMinor(tx, [...originals.keys()]);
  return { applied: 0, ledger: state, approvals: policies, originals, reversed, outbox: newOutbox() };
}

/** The transfer that a correction means on the locked accounts. Throws what any transfer throws, and `state_refuses` for money of orders. */
function planCorrection(
  books: { ledger: Ledger } & Reversals,
  payload: CorrectionPayload,
  reference: string | null,
  at: Date,
): MoveSpec {
  const spec =
    payload.kind === 'adjustment' ? adjustmentOf(payload, reference) : reversalOf(books, payload.transferId, reference);
  for (const [side, id] of [
    ['debit', spec.debit],
    ['credit', spec.credit],
  ] as const) {
    const account = books.ledger.byId.get(id);
    if (!account) throw new DomainError('not_found', `There is no such account to ${side}.`);
    // An order keeps its own receivable: moving it here would leave the order owing what nobody owes.
    if (account.code.startsWith('receivable:'))
      throw new DomainError('state_refuses', 'A receivable belongs to orders. Cancel or refund the order instead.');
  }
  const [debitOf, creditOf] = [spec.debit, spec.credit].map((id) => programMerchant(books.ledger.byId.get(id)?.code ?? ''));
  if (debitOf !== creditOf)
    throw new DomainError('state_refuses', 'Money of a merchant’s programs moves between accounts of its programs only.');
  planTransfers(books.ledger, [spec], at);
  return spec;
}

function adjustmentOf(payload: Extract<CorrectionPayload, { kind: 'adjustment' }>, reference: string | null): MoveSpec {
  const { debitAccountId: debit, creditAccountId: credit, currency } = payload;
  const amountMinor = BigInt(payload.amountMinor);
  return {
    id: newId(),
    kind: 'adjustment',
    phase: 'single',
    debit,
    credit,
    amountMinor,
    currency,
    orderId: null,
    paymentId: null,
    reference,
  };
}

function reversalOf({ originals, reversed }: Reversals, transferId: string, reference: string | null): MoveSpec {
  const original = originals.get(transferId);
  if (!original) throw new DomainError('not_found', 'There is no such transfer.');
  if (original.orderId !== null)
    throw new DomainError('state_refuses', 'This transfer belongs to an order. Cancel or refund the order instead.');
  return planReversal(original, reversed.get(transferId) ?? 0n, {
    phase: 'reverse',
    id: newId(),
    kind: 'reversal',
    transferId,
    reference,
  });
}

/** Leaves a planned correction waiting for somebody else. */
function propose(
  world: Proposing,
  payload: CorrectionPayload,
  subject: { kind: 'account' | 'transfer'; id: string },
  ctx: Ctx,
): ProposedCorrection {
  const [debit, credit] = [payload.debitAccountId, payload.creditAccountId].map((id) => world.ledger.byId.get(id) as Account);
  const { amountMinor, currency, kind } = payload;
  const what = kind === 'adjustment' ? 'Adjustment' : 'Reversal';
  const amount = `${toMajor({ amountMinor: BigInt(amountMinor), currency })} ${currency}`;
  const approval = approvals.request(
    world.approvals,
    {
      merchantId: null,
      action: kind === 'adjustment' ? 'adjust-ledger' : 'reverse-transfer',
      subject: subject.kind,
      subjectId: subject.id,
      amountMinor: BigInt(amountMinor),
      currency,
      payload,
      summary: `${what} of ${amount}: ${payload.reason}`,
    },
    ctx,
  );
  world.applied++;
  const facts = { action: approval.action, subjectId: subject.id, amountMinor, currency };
  emit(
    world.outbox,
    {
      aggregate: 'approval',
      aggregateId: approval.id,
      aggregateVersion: 1n,
      merchantId: null,
      type: 'approval.requested',
      data: facts,
    },
    ctx,
  );
  audit(
    world.outbox,
    {
      action: `ledger.${kind}_proposed`,
      entity: subject.kind,
      entityId: subject.id,
      after: { approvalId: approval.id, debit: debit?.code, credit: credit?.code, amountMinor, currency },
      reason: payload.reason,
    },
    ctx,
  );
  return { approvalId: approval.id, amountMinor, currency };
}

const writeProposals = async (tx: Tx, world: Proposing): Promise<void> => {
  await approvals.write(tx, world.approvals);
  await writeOutbox(tx, world.outbox);
};

export const proposeAdjustment: Verb<ProposeAdjustmentInput, Proposing, ProposedCorrection> = {
  name: 'propose-adjustment',
  lock: (tx, requests) =>
    lock(tx, {
      accounts: requests.flatMap(({ input }) => [input.debitAccountId, input.creditAccountId]),
      transfers: [],
      now: (requests[0] as Request<ProposeAdjustmentInput>).ctx.now,
    }),
  decide(world, { input, ctx }) {
    const { reference = null, ...facts } = input;
    const payload: CorrectionPayload = { kind: 'adjustment', ...facts, reference };
    planCorrection(world, payload, reference, ctx.now);
    return propose(world, payload, { kind: 'account', id: input.debitAccountId }, ctx);
  },
  write: writeProposals,
};

export const proposeReversal: Verb<ProposeReversalInput, Proposing, ProposedCorrection> = {
  name: 'propose-reversal',
  lock: (tx, requests) =>
    lock(tx, {
      accounts: [],
      transfers: requests.map(({ input }) => input.transferId),
      now: (requests[0] as Request<ProposeReversalInput>).ctx.now,
    }),
  decide(world, { input: { transferId, reason }, ctx }) {
    const { debit, credit, amountMinor, currency } = reversalOf(world, transferId, null);
    const sides = { debitAccountId: debit, creditAccountId: credit, amountMinor: Number(amountMinor), currency };
    const payload: CorrectionPayload = { kind: 'reversal', transferId, ...sides, reason };
    planCorrection(world, payload, null, ctx.now);
    return propose(world, payload, { kind: 'transfer', id: transferId }, ctx);
  },
  write: writeProposals,
};

const payloadOf = (approval: Approval): CorrectionPayload | null =>
  isCorrection(approval.action) ? correctionPayload.parse(approval.payload) : null;

/** The accounts that approvals' corrections move money on: what has to be locked before they are decided. */
export function correctedAccounts(found: Iterable<Approval>): string[] {
  const payloads = [...found].flatMap((approval) => payloadOf(approval) ?? []);
  return [...new Set(payloads.flatMap(({ debitAccountId, creditAccountId }) => [debitAccountId, creditAccountId]))];
}

/** What was taken back so far of the transfers that approvals want to reverse. Ask under the locks of their accounts. */
export async function readReversals(tx: Tx, found: Iterable<Approval>): Promise<Reversals> {
  const ids = [...found].flatMap((approval) => {
    const payload = payloadOf(approval);
    return payload?.kind === 'reversal' ? [payload.transferId] : [];
  });
  return { originals: await ledger.findTransfers(tx, ids), reversed: await ledger.reversedMinor(tx, ids) };
}

/** The transfer of an approval that is about to be granted; null where it is no correction. Changes nothing, and throws what refuses it now. */
export function planApproved(books: { ledger: Ledger } & Reversals, approval: Approval, at: Date): MoveSpec | null {
  const payload = payloadOf(approval);
  if (!payload) return null;
  const spec = planCorrection(books, payload, approval.id, at);
  // What both persons saw is what happens: a part that was taken back meanwhile makes it another request.
  if (spec.amountMinor !== approval.amountMinor)
    throw new DomainError('state_refuses', 'Part of this was taken back meanwhile. Reject it and ask again.');
  return spec;
}

/** Posts an approved correction and says so in the audit log. */
export function applyApproved(
  world: Locked & { ledger: ledger.LedgerState; outbox: Outbox } & Reversals,
  approval: Approval,
  spec: MoveSpec,
  ctx: Ctx,
): void {
  const [posted] = ledger.post(world.ledger, [spec], ctx);
  if (!posted) throw new Error('A correction is one transfer');
  world.applied++;
  if (posted.reverses) world.reversed.set(posted.reverses, (world.reversed.get(posted.reverses) ?? 0n) + posted.amountMinor);
  audit(
    world.outbox,
    {
      action: spec.kind === 'reversal' ? 'ledger.reversed' : 'ledger.adjusted',
      entity: 'transfer',
      entityId: posted.id,
      after: {
        approvalId: approval.id,
        debit: world.ledger.byId.get(posted.debitAccount)?.code,
        credit: world.ledger.byId.get(posted.creditAccount)?.code,
        amountMinor: posted.amountMinor,
        currency: posted.currency,
        ...(posted.reverses ? { reverses: posted.reverses } : {}),
      },
      reason: payloadOf(approval)?.reason ?? null,
    },
    ctx,
  );
}
