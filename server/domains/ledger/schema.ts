import { z } from 'zod';

export type Side = 'debit' | 'credit';

/** Names an account. The code is its identity; the row is made when it is first used. */
export interface AccountRef {
  readonly code: string;
  readonly kind: AccountKind;
  readonly normalSide: Side;
  readonly currency: string;
  readonly merchantId: string | null;
  readonly customerId: string | null;
  /** Limited accounts may not fall below −(credit limit + overdraft); clearing and contra accounts may run either way. */
  readonly limited: boolean;
}

export type AccountKind =
  | 'receivable'
  | 'merchant_payable'
  | 'psp_clearing'
  | 'psp_fees'
  | 'goodwill'
  | 'wallet'
  | 'store_credit'
  | 'gift_card'
  | 'gift_card_funding'
  | 'breakage'
  | 'bank_clearing'
  | 'chargebacks'
  | 'dispute_fees'
  | 'suspense'
  | 'carrier_clearing'
  | 'in_transit'
  | 'program'
  | 'program_funding';

/** The chart of accounts, each per currency (docs/ledger.md shows the postings). */
export const chart = {
  receivable: (merchantId: string, currency: string): AccountRef => ref('receivable', 'debit', currency, merchantId),
  merchantPayable: (merchantId: string, currency: string): AccountRef => ref('merchant_payable', 'credit', currency, merchantId),
  pspClearing: (provider: string, currency: string): AccountRef => ({
    ...ref('psp_clearing', 'debit', currency, null),
    code: `psp_clearing:${provider}:${currency}`,
  }),
  pspFees: (merchantId: string, currency: string): AccountRef => ref('psp_fees', 'debit', currency, merchantId),
  /** What the provider kept of what customers topped up. */
  platformFees: (currency: string): AccountRef => ref('psp_fees', 'debit', currency, null),
  goodwill: (merchantId: string, currency: string): AccountRef => ref('goodwill', 'debit', currency, merchantId),
  /** What the platform owes a customer, spendable anywhere. */
  wallet: (customerId: string, currency: string): AccountRef => ({
    ...ref('wallet', 'credit', currency, null),
    code: `wallet:${customerId}:${currency}`,
    customerId,
    limited: true,
  }),
  /** What one merchant owes a customer, spendable there. */
  storeCredit: (merchantId: string, customerId: string, currency: string): AccountRef => ({
    ...ref('store_credit', 'credit', currency, merchantId),
    code: `store_credit:${merchantId}:${customerId}:${currency}`,
    customerId,
    limited: true,
  }),
  /** What one merchant owes whoever knows a gift card's code. */
  giftCard: (merchantId: string, giftCardId: string, currency: string): AccountRef => ({
    ...ref('gift_card', 'credit', currency, merchantId),
    code: `gift_card:${giftCardId}:${currency}`,
    limited: true,
  }),
  /** What merchants were paid, or gave away, for the gift cards they issued. */
  giftCardFunding: (merchantId: string, currency: string): AccountRef => ref('gift_card_funding', 'debit', currency, merchantId),
  /** What nobody redeemed in time. */
  breakage: (merchantId: string, currency: string): AccountRef => ref('breakage', 'credit', currency, merchantId),
  /** Money at, or on its way to and from, the platform's bank. */
  bankClearing: (currency: string): AccountRef => ref('bank_clearing', 'debit', currency, null),
  /** What customers' banks took back. */
  chargebacks: (currency: string): AccountRef => ref('chargebacks', 'debit', currency, null),
  /** What they took back of a merchant's orders: its loss. */
  merchantChargebacks: (merchantId: string, currency: string): AccountRef => ref('chargebacks', 'debit', currency, merchantId),
  /** What providers charge a merchant for disputes. */
  disputeFees: (merchantId: string, currency: string): AccountRef => ref('dispute_fees', 'debit', currency, merchantId),
  /** Differences that a person has still to explain. */
  suspense: (currency: string): AccountRef => ref('suspense', 'debit', currency, null),
  /** What carriers paid for parcels that they lost or damaged, until it is set off against their invoices or reaches the bank. */
  carrierClearing: (carrier: string, currency: string): AccountRef => ({
    ...ref('carrier_clearing', 'debit', currency, null),
    code: `carrier_clearing:${carrier}:${currency}`,
  }),
  /** An account of a merchant's own programs: points, a promotion's budget, what a seller on its marketplace has. */
  program: ({ merchantId, ownCode, currency, normalSide, limited }: ProgramAccount): AccountRef => ({
    ...ref('program', normalSide, currency, merchantId),
    code: `program:${merchantId}:${ownCode}:${currency}`,
    limited,
  }),
  /** Where what a merchant puts into its programs comes from, and what leaves them goes to. */
  programFunding: (merchantId: string, currency: string): AccountRef => ref('program_funding', 'debit', currency, merchantId),
};

export interface ProgramAccount {
  readonly merchantId: string;
  /** What the merchant calls it by, unique within the merchant and currency. */
  readonly ownCode: string;
  readonly currency: string;
  readonly normalSide: Side;
  readonly limited: boolean;
}

const PROGRAM_CODE = /^program(?:_funding)?:([0-9a-f-]{36}):/;

/** Whose programs an account belongs to, by its code; null for every account that the house keeps. */
export function programMerchant(code: string): string | null {
  return PROGRAM_CODE.exec(code)?.[1] ?? null;
}

function ref(kind: AccountKind, normalSide: Side, currency: string, merchantId: string | null): AccountRef {
  return {
    code: merchantId ? `${kind}:${merchantId}:${currency}` : `${kind}:${currency}`,
    kind,
    normalSide,
    currency,
    merchantId,
    customerId: null,
    limited: false,
  };
}

/**
 * One leg to write. `single` moves money at once; `pending` holds it; `post` moves money out of a hold (`final` releases the rest);
 * `void` releases what the hold still holds.
 */
export type TransferSpec = MoveSpec | HoldSpec;

interface SpecBase {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly reference?: string | null;
}

interface Move extends SpecBase {
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly expiresAt?: Date | null;
  /** The transfer that this one corrects. */
  readonly reverses?: string | null;
  /**
   * Goes through whatever the debited account holds, frozen or not, and raises its overdraft by what is missing: a bank took money
   * back. The flow that forces a debit audits it.
   */
  readonly forced?: true;
}

export type MoveSpec = (Move & { readonly phase: 'single' }) | (Move & { readonly phase: 'pending' });

export type HoldSpec = SpecBase & { readonly holdId: string } & (
    | { readonly phase: 'post'; readonly amountMinor: bigint; readonly final: boolean }
    | { readonly phase: 'void' }
  );

/** Takes a posted transfer back, all that is left of it where no amount is named. */
export interface ReversalSpec {
  readonly phase: 'reverse';
  readonly id: string;
  readonly kind: string;
  readonly transferId: string;
  readonly amountMinor?: bigint;
  readonly reference?: string | null;
}

const reason = z.string().trim().min(3, 'Say why, in a few words.').max(500);

/** What a person does to an account, and why. */
export const operateAccountInput = z.object({
  accountId: z.uuid(),
  operation: z.discriminatedUnion('action', [
    z.object({ action: z.enum(['freeze', 'unfreeze', 'close']) }),
    z.object({ action: z.literal('set_limit'), creditLimitMinor: z.bigint().min(0n).max(9_007_199_254_740_991n) }),
  ]),
  reason,
});
export type OperateAccountInput = z.infer<typeof operateAccountInput>;

/** The own code that names the account from which programs are funded. */
export const FUNDING = 'funding';

/** Opens an account of a merchant's own programs. */
export interface OpenAccountInput extends ProgramAccount {
  readonly name: string;
  /** How far it may fall below zero; of no meaning where it is not limited. */
  readonly creditLimitMinor: bigint;
}

/** Closes the books: nothing is posted with a time before `until` any more. */
export const closePeriodInput = z.object({ until: z.date(), reason });
export type ClosePeriodInput = z.infer<typeof closePeriodInput>;

/** What a correction by hand has to say at least: the second person decides by it. */
export const CORRECTION_REASON = { min: 10, max: 500 } as const;
const correctionReason = z
  .string()
  .trim()
  .min(CORRECTION_REASON.min, `Say why, in at least ${CORRECTION_REASON.min} characters.`)
  .max(CORRECTION_REASON.max);

/** Money that two persons move between two accounts by hand. */
export const proposeAdjustmentInput = z.object({
  debitAccountId: z.uuid(),
  creditAccountId: z.uuid(),
  amountMinor: z.int('This is more than an amount can be.').min(1, 'Enter an amount above zero.'),
  currency: z.string().regex(/^[A-Z]{3}$/),
  reason: correctionReason,
  /** What it goes back to outside the ledger: a ticket, a letter. */
  reference: z.string().trim().min(1).max(100).optional(),
});
export type ProposeAdjustmentInput = z.infer<typeof proposeAdjustmentInput>;

/** A posted transfer that two persons take back, all that is left of it. */
export const proposeReversalInput = z.object({ transferId: z.uuid(), reason: correctionReason });
export type ProposeReversalInput = z.infer<typeof proposeReversalInput>;

/** What an approval of a correction carries, as JSON. */
export const correctionPayload = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('adjustment'),
    debitAccountId: z.uuid(),
    creditAccountId: z.uuid(),
    amountMinor: z.int().positive(),
    currency: z.string(),
    reason: z.string(),
    reference: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('reversal'),
    transferId: z.uuid(),
    /** Both sides of the correcting transfer, for whoever reads the request. */
    debitAccountId: z.uuid(),
    creditAccountId: z.uuid(),
    amountMinor: z.int().positive(),
    currency: z.string(),
    reason: z.string(),
  }),
]);
export type CorrectionPayload = z.infer<typeof correctionPayload>;
