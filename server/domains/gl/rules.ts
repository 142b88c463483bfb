import { DomainError } from '../../kernel/errors.ts';
import type { GlKind } from './schema.ts';

/** An account of the accountant's books. */
export interface GlAccount {
  readonly number: string;
  readonly name: string;
}

/** A line of the mapping as it is kept; without a number it says nothing. */
export interface GlMapping {
  readonly id: string;
  readonly kind: GlKind;
  readonly merchantId: string | null;
  readonly account: GlAccount | null;
  readonly version: bigint;
}

/** What holds until an accountant says otherwise: assets 1, liabilities 2, income 4, expenses 6. */
export const GL_DEFAULTS: Readonly<Record<GlKind, GlAccount>> = {
  psp_clearing: { number: '1100', name: 'PSP clearing' },
  bank_clearing: { number: '1110', name: 'Bank clearing' },
  in_transit: { number: '1190', name: 'Cash in transit' },
  receivable: { number: '1200', name: 'Accounts receivable' },
  gift_card_funding: { number: '1250', name: 'Gift card funding' },
  program_funding: { number: '1260', name: 'Program funding' },
  suspense: { number: '1900', name: 'Suspense' },
  carrier_clearing: { number: '1130', name: 'Carrier clearing' },
  merchant_payable: { number: '2100', name: 'Payable to merchants' },
  wallet: { number: '2200', name: 'Customer wallets' },
  store_credit: { number: '2210', name: 'Store credit' },
  gift_card: { number: '2220', name: 'Gift cards' },
  program: { number: '2230', name: 'Programs' },
  breakage: { number: '4900', name: 'Breakage' },
  psp_fees: { number: '6100', name: 'Payment fees' },
  goodwill: { number: '6200', name: 'Goodwill' },
  chargebacks: { number: '6300', name: 'Chargebacks' },
  dispute_fees: { number: '6310', name: 'Dispute fees' },
};

/** Where a kind of account has no name in the books yet, its postings are seen rather than lost. */
const UNMAPPED = '9999';

/** The books' account of one of ours: the merchant's own line, else the line for everybody, else what holds out of the box. */
export function glAccountOf(mappings: readonly GlMapping[]): (kind: string, merchantId: string | null) => GlAccount {
  const byKey = new Map(mappings.map(({ kind, merchantId, account }) => [keyOf(kind, merchantId), account]));
  return (kind, merchantId) =>
    (merchantId === null ? null : byKey.get(keyOf(kind, merchantId))) ??
    byKey.get(keyOf(kind, null)) ??
    (Object.hasOwn(GL_DEFAULTS, kind) ? GL_DEFAULTS[kind as GlKind] : { number: UNMAPPED, name: `Unmapped: ${kind}` });
}

export const keyOf = (kind: string, merchantId: string | null): string => `${kind}:${merchantId ?? ''}`;

/** What a change alters; null where nothing does. Refuses a merchant's own number for what is kept once for all merchants. */
export function planMapping(
  before: GlMapping,
  account: GlAccount | null,
): { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> } | null {
  if (before.merchantId !== null && PLATFORM_KINDS.has(before.kind))
    throw new DomainError(
      'invalid_request',
      `${GL_DEFAULTS[before.kind].name} is kept once for all merchants: set its general number.`,
    );
  if (before.account?.number === account?.number && before.account?.name === account?.name) return null;
  return {
    before: { number: before.account?.number, name: before.account?.name },
    after: { number: account?.number, name: account?.name },
  };
}

/** Kinds whose accounts are the platform's. */
export const PLATFORM_KINDS: ReadonlySet<GlKind> = new Set<GlKind>([
  'psp_clearing',
  'bank_clearing',
  'in_transit',
  'suspense',
  'carrier_clearing',
  'wallet',
]);
