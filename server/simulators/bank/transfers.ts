import { z } from 'zod';
import { json, type SimReply } from '../http.ts';
import { refuse, type Written } from '../keyed-writes.ts';
import type { Faults } from '../switches.ts';
import {
  type BankRecord,
  type BankState,
  type Beneficiary,
  type MovementKind,
  newBankId,
  type PayIn,
  type PayInStatus,
  type Payout,
  type PayoutStatus,
} from './state.ts';

const currency = z.string().regex(/^[A-Z]{3}$/);
const amount = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const beneficiaryInput = z.object({ iban: z.string().regex(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/), name: z.string().min(1).max(140) });
const payoutInput = z.object({
  client_reference: z.string().min(1).max(100),
  beneficiary: z.string(),
  amount,
  currency,
  statement_text: z.string().max(140).default(''),
});
const payInInput = z.object({
  reference: z.string().max(140),
  amount,
  currency,
  sender: z.string().min(1).max(140).default('A. Sender'),
});

/** Where a transfer may go from where it is. */
const PAYOUT_NEXT: Readonly<Record<PayoutStatus, readonly PayoutStatus[]>> = {
  accepted: ['settled', 'rejected'],
  settled: ['returned'],
  rejected: [],
  returned: [],
};
const PAY_IN_NEXT: Readonly<Record<PayInStatus, readonly PayInStatus[]>> = {
  pending: ['settled'],
  settled: ['returned'],
  returned: [],
};
const REASONS: Readonly<Record<string, string>> = {
  rejected: 'AC04: the account is closed.',
  returned: 'MD06: the account holder asked for it back.',
};

const isPayout = (object: Payout | PayIn): object is Payout => 'client_reference' in object;

/** Makes and moves transfers. Nothing here touches the network or the disk: records are handed back to be journalled. */
export class BankTransfers {
  private readonly state: BankState;

  constructor(state: BankState) {
    this.state = state;
  }

  addBeneficiary(body: unknown, key: string | null): Written<BankRecord> {
    const parsed = beneficiaryInput.safeParse(body);
    if (!parsed.success) return refused(400, 'invalid', z.prettifyError(parsed.error));
    const now = this.state.clock.now();
    const beneficiary: Beneficiary = { ...parsed.data, id: newBankId('ben'), created_at: now };
    const log = this.logged('beneficiary', beneficiary.id, 0, 'EUR', key, now);
    return { reply: json(200, beneficiaryShape(beneficiary)), records: [['beneficiary', beneficiary], log] };
  }

  /** Accepts a payout; whether it arrives is said later. */
  addPayout(body: unknown, faults: Faults, key: string | null): Written<BankRecord> {
    const parsed = payoutInput.safeParse(body);
    if (!parsed.success) return refused(400, 'invalid', z.prettifyError(parsed.error));
    if (!this.state.beneficiaries.has(parsed.data.beneficiary))
      return refused(422, 'beneficiary_unknown', 'There is no such beneficiary.');
    if (faults.decline !== undefined) return refused(422, 'payout_refused', 'This bank does not transfer to that account.');
    const known = this.state.payouts.get(this.state.byReference.get(parsed.data.client_reference) ?? '');
    if (known !== undefined) return refused(409, 'reference_used', 'There is a payout with that reference already.');
    const now = this.state.clock.now();
    const payout: Payout = {
      ...parsed.data,
      id: newBankId('po'),
      status: 'accepted',
      reason: null,
      created_at: now,
      updated_at: now,
    };
    const log = this.logged('payout', payout.id, payout.amount, payout.currency, key, now);
    return { reply: json(200, payoutShape(payout)), records: [['payout', payout], log] };
  }

  /** Somebody transfers money to us. Throws ZodError. */
  addPayIn(body: unknown): { payIn: PayIn; records: BankRecord[] } {
    const now = this.state.clock.now();
    const payIn: PayIn = {
      ...payInInput.parse(body),
      id: newBankId('pi'),
      status: 'pending',
      reason: null,
      created_at: now,
      updated_at: now,
    };
    return {
      payIn,
      records: [['pay_in', payIn], this.eventOf(payIn), this.logged('pay_in', payIn.id, payIn.amount, payIn.currency, null, now)],
    };
  }

  /** The records of a transfer's next step, or undefined where it cannot go there. */
  move(object: Payout | PayIn, to: string, reason: string | null = null): BankRecord[] | undefined {
    const now = this.state.clock.now();
    const why = reason ?? REASONS[to] ?? null;
    const more = { reason: why, updated_at: now };
    if (isPayout(object)) {
      const status = PAYOUT_NEXT[object.status].find((next) => next === to);
      if (status === undefined) return undefined;
      const payout: Payout = { ...object, ...more, status };
      const booked = status === 'settled' ? -object.amount : status === 'returned' ? object.amount : 0;
      const kind = status === 'settled' ? 'payout' : 'payout_return';
      return [['payout', payout], ...this.booked(kind, payout, booked), this.eventOf(payout), this.moved(payout, now)];
    }
    const status = PAY_IN_NEXT[object.status].find((next) => next === to);
    if (status === undefined) return undefined;
    const payIn: PayIn = { ...object, ...more, status };
    const booked = status === 'settled' ? object.amount : -object.amount;
    const kind = status === 'settled' ? 'pay_in' : 'pay_in_return';
    return [['pay_in', payIn], ...this.booked(kind, payIn, booked), this.eventOf(payIn), this.moved(payIn, now)];
  }

  private moved(object: Payout | PayIn, now: number): BankRecord {
    return this.logged(
      `${isPayout(object) ? 'payout' : 'pay_in'}_${object.status}`,
      object.id,
      object.amount,
      object.currency,
      null,
      now,
    );
  }

  private booked(kind: MovementKind, object: Payout | PayIn, signed: number): BankRecord[] {
    if (signed === 0) return [];
    const reference = isPayout(object) ? object.client_reference : object.reference;
    const { id: source, currency: money } = object;
    return [
      [
        'movement',
        { id: newBankId('mov'), kind, source, reference, amount: signed, currency: money, at: this.state.clock.now() },
      ],
    ];
  }

  private eventOf(object: Payout | PayIn): BankRecord {
    const type = `${isPayout(object) ? 'payout' : 'pay_in'}.${object.status}`;
    return ['event', { id: newBankId('msg'), type, at: this.state.clock.now(), object }];
  }

  private logged(kind: string, ref: string, money: number, code: string, key: string | null, at: number): BankRecord {
    const seq = this.state.log.length + 1;
    return ['log', { seq, at, kind, bank_ref: ref, amount: money, currency: code, idempotency_key: key }];
  }
}

const refused = (status: number, code: string, message: string): Written<BankRecord> => ({
  reply: refuse(status, code, message),
  records: [],
});

const iso = (ms: number): string => new Date(ms).toISOString();

/** What the bank tells of a beneficiary: never the whole account number again. */
export const beneficiaryShape = ({ id, iban, name, created_at }: Beneficiary): Record<string, unknown> => ({
  id,
  name,
  country: iban.slice(0, 2),
  last4: iban.slice(-4),
  created_at: iso(created_at),
});

export const payoutShape = (payout: Payout): Record<string, unknown> => ({
  ...payout,
  created_at: iso(payout.created_at),
  updated_at: iso(payout.updated_at),
});

/** Without the sender's name, which nobody needs to know to book it. */
export const payInShape = ({ sender: _sender, ...payIn }: PayIn): Record<string, unknown> => ({
  ...payIn,
  created_at: iso(payIn.created_at),
  updated_at: iso(payIn.updated_at),
});

/** The object of an event as it was then. */
export const objectShape = (object: Payout | PayIn): Record<string, unknown> =>
  isPayout(object) ? payoutShape(object) : payInShape(object);

/** Whether a payout's own account says how it ends: an IBAN on …3001 is rejected, one on …3002 comes back after it was settled. */
export function fateOf(state: BankState, payout: Payout): 'rejected' | 'returned' | undefined {
  const iban = state.beneficiaries.get(payout.beneficiary)?.iban ?? '';
  return iban.endsWith('3001') ? 'rejected' : iban.endsWith('3002') ? 'returned' : undefined;
}

/** The account that customers transfer to, by currency. */
export function collectionAccount(code: string): SimReply {
  return json(200, {
    currency: code,
    iban: 'DE75512108001245126199',
    bic: 'SIMBDEFFXXX',
    bank_name: 'Simulated Bank',
    account_holder: 'Waybill Payments',
  });
}
