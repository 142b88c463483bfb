import { feeWords } from '../../kernel/cancel-policy.ts';
import { toMajor } from '../../kernel/money.ts';
import { CANCEL_REASONS } from '../../kernel/vocabulary.ts';
import type { ApprovalTerms, CancellationTerms, CaptureTerms, RefundTerms, TermsKind, TermsOf } from './schema.ts';

/** A version of what a merchant says, and when it counts from. */
export interface Version<K extends TermsKind = TermsKind> {
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly terms: TermsOf[K];
}

/** What holds where a merchant has said nothing: version 0. */
export const DEFAULTS: TermsOf = {
  cancellation: {
    customerUntil: 'packed',
    remorseMinutes: 0,
    holdGoods: false,
    feeMinor: {},
    feeBps: 0,
    agentCharges: false,
    reasons: [...CANCEL_REASONS],
  },
  refund: { destination: 'original', aloneDays: null, goodwillMinor: {} },
  capture: { when: 'shipment' },
  approval: { refundsMinor: {}, cancellationsMinor: {} },
};

/** The version in force: of those that count by now the one that counts from the latest day, and of several of one moment the last. */
export function inForce<V extends { readonly version: number; readonly effectiveFrom: Date }>(
  versions: readonly V[],
  now: Date,
): V | undefined {
  return versions
    .filter((one) => one.effectiveFrom <= now)
    .reduce<V | undefined>((best, one) => {
      if (!best) return one;
      const later = one.effectiveFrom.getTime() - best.effectiveFrom.getTime();
      return later > 0 || (later === 0 && one.version > best.version) ? one : best;
    }, undefined);
}

/** The versions that will count from a later day, the nearest first. */
export function announced<V extends { readonly effectiveFrom: Date }>(versions: readonly V[], now: Date): V[] {
  return versions.filter((one) => one.effectiveFrom > now).sort((a, b) => a.effectiveFrom.getTime() - b.effectiveFrom.getTime());
}

/** What merchants' policies say now, as flows ask them. */
export type Terms = ReadonlyMap<
  string,
  Partial<{ readonly [K in TermsKind]: { readonly version: number; readonly terms: TermsOf[K] } }>
>;
export const NO_TERMS: Terms = new Map();

export function termsOf<K extends TermsKind>(
  terms: Terms,
  merchantId: string,
  kind: K,
): { readonly version: number; readonly terms: TermsOf[K] } {
  return terms.get(merchantId)?.[kind] ?? { version: 0, terms: DEFAULTS[kind] };
}

/** What an order is placed under, by the moment from which each counts: kept with the merchant, in the words that placing an order needs. */
export interface OrderTerms {
  readonly capture: { readonly version: number; readonly when: CaptureTerms['when'] } | null;
  /** Goods are set aside from then on. */
  readonly workFrom: { readonly version: number; readonly at: string } | null;
}

export interface PlacingTerms {
  readonly capture: readonly { readonly version: number; readonly from: string; readonly when: CaptureTerms['when'] }[];
  readonly remorse: readonly { readonly version: number; readonly from: string; readonly minutes: number }[];
}

/** The terms that a new order keeps; null where they say nothing else than the house does. */
export function termsAtPlacement(placing: PlacingTerms | null, now: Date): OrderTerms | null {
  if (!placing) return null;
  const at = <T extends { readonly version: number; readonly from: string }>(all: readonly T[]): T | undefined =>
    inForce(
      all.map((one) => ({ ...one, effectiveFrom: new Date(one.from) })),
      now,
    );
  const capture = at(placing.capture);
  const remorse = at(placing.remorse);
  const terms: OrderTerms = {
    capture: capture && capture.when !== 'shipment' ? { version: capture.version, when: capture.when } : null,
    workFrom:
      remorse && remorse.minutes > 0
        ? { version: remorse.version, at: new Date(now.getTime() + remorse.minutes * 60_000).toISOString() }
        : null,
  };
  return terms.capture || terms.workFrom ? terms : null;
}

/** What placing an order needs of all versions. */
export function placingTerms(
  capture: readonly Version<'capture'>[],
  cancellation: readonly Version<'cancellation'>[],
): PlacingTerms {
  return {
    capture: capture.map(({ version, effectiveFrom, terms }) => ({
      version,
      from: effectiveFrom.toISOString(),
      when: terms.when,
    })),
    remorse: cancellation.map(({ version, effectiveFrom, terms }) => ({
      version,
      from: effectiveFrom.toISOString(),
      minutes: terms.holdGoods ? terms.remorseMinutes : 0,
    })),
  };
}

/** A policy as sentences for everybody: what it means for an order of this currency. */
export function policySentence<K extends TermsKind>(kind: K, terms: TermsOf[K], currency: string): string {
  return SENTENCES[kind](terms, currency);
}

const SENTENCES: { readonly [K in TermsKind]: (terms: TermsOf[K], currency: string) => string } = {
  cancellation: cancellationSentence,
  refund: refundSentence,
  capture: ({ when }) => CAPTURE_SENTENCES[when],
  approval: approvalSentence,
};

const CUSTOMER: Readonly<Record<CancellationTerms['customerUntil'], string>> = {
  never: 'Customers do not cancel for themselves.',
  confirmed: 'A customer may cancel until the payment is confirmed.',
  allocated: 'A customer may cancel until the goods are set aside.',
  packed: 'A customer may cancel until the order is handed to the carrier.',
};

function cancellationSentence(terms: CancellationTerms, currency: string): string {
  const fee = feeWords(terms, currency);
  const window = minutes(terms.remorseMinutes);
  const free = window
    ? ` Within ${window} of the order it costs nothing${terms.customerUntil === 'packed' ? '' : ', whatever has happened to what has not left'}${terms.holdGoods ? ', and goods are set aside only after that' : ''}.`
    : '';
  const cost = fee
    ? `${window ? ' After that it' : ' It'} costs ${fee}${terms.agentCharges ? ', also where the shop cancels for them, who may waive it' : ''}.`
    : window
      ? ''
      : ' It costs nothing.';
  return `${CUSTOMER[terms.customerUntil]}${free}${cost}`;
}

function minutes(count: number): string | null {
  if (count === 0) return null;
  if (count % 1440 === 0) return count === 1440 ? 'a day' : `${count / 1440} days`;
  if (count % 60 === 0) return count === 60 ? 'an hour' : `${count / 60} hours`;
  return count === 1 ? 'a minute' : `${count} minutes`;
}

const CAPTURE_SENTENCES: Readonly<Record<CaptureTerms['when'], string>> = {
  shipment: 'The money is taken as each shipment leaves.',
  confirmation: 'The money is taken when the order is confirmed, before anything leaves.',
  manual: 'The money is taken when somebody says so, and nothing leaves before that.',
};

const money = (minor: number, currency: string): string => `${toMajor({ amountMinor: BigInt(minor), currency })} ${currency}`;

function refundSentence({ destination, aloneDays, goodwillMinor }: RefundTerms, currency: string): string {
  const to = {
    original: 'Money goes back the way it was paid.',
    store_credit: 'Money goes back as store credit.',
    choice: 'Money goes back the way it was paid, or as store credit where the customer wishes that.',
  }[destination];
  const alone =
    aloneDays === null
      ? ''
      : ` More than ${aloneDays === 1 ? 'a day' : `${aloneDays} days`} after the delivery a refund needs a second person.`;
  const most = goodwillMinor[currency];
  return `${to}${alone}${most === undefined ? '' : ` Goodwill of more than ${money(most, currency)} needs one too.`}`;
}

function approvalSentence({ refundsMinor, cancellationsMinor }: ApprovalTerms, currency: string): string {
  const refunds = refundsMinor[currency];
  const cancels = cancellationsMinor[currency];
  const first =
    refunds === undefined
      ? 'Refunds need a second person from the amount that the house sets.'
      : `Refunds of ${money(refunds, currency)} or more need a second person.`;
  return `${first}${cancels === undefined ? ' Cancellations do not.' : ` So do cancellations that give ${money(cancels, currency)} or more back.`}`;
}
