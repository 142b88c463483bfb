import { randomBytes } from 'node:crypto';
import type { SimClock } from '../clock.ts';
import { type CommonRecord, CommonState } from '../keyed-simulator.ts';

/**
 * What the bank knows. Objects are never changed in place. Amounts are minor units; times are milliseconds since 1970.
 */
export const PAYOUT_STATUSES = ['accepted', 'settled', 'rejected', 'returned'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];
export const PAY_IN_STATUSES = ['pending', 'settled', 'returned'] as const;
export type PayInStatus = (typeof PAY_IN_STATUSES)[number];

/** Whoever money may be sent to. Only the bank keeps the account number. */
export interface Beneficiary {
  readonly id: string;
  readonly iban: string;
  readonly name: string;
  readonly created_at: number;
}

/** Money on its way out. */
export interface Payout {
  readonly id: string;
  readonly client_reference: string;
  readonly beneficiary: string;
  readonly amount: number;
  readonly currency: string;
  readonly statement_text: string;
  readonly status: PayoutStatus;
  readonly reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Money that somebody transferred to us. */
export interface PayIn {
  readonly id: string;
  /** What the sender wrote, right or wrong. */
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly sender: string;
  readonly status: PayInStatus;
  readonly reason: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export type MovementKind = 'pay_in' | 'pay_in_return' | 'payout' | 'payout_return';

/** A line of the account's statement; `amount` is signed: what came is positive. */
export interface Movement {
  readonly id: string;
  readonly kind: MovementKind;
  readonly source: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly at: number;
}

export interface BankEvent {
  readonly id: string;
  readonly type: string;
  readonly at: number;
  readonly object: PayIn | Payout;
}

export interface BankSettings {
  /** Whether transfers settle by themselves. */
  readonly auto_settle: boolean;
  readonly payout_after_ms: number;
  readonly pay_in_after_ms: number;
  /** The share of payouts that are rejected instead of settled, 0 to 1. */
  readonly reject_rate: number;
  /** The share of settled payouts that come back, 0 to 1. */
  readonly return_rate: number;
  readonly return_after_ms: number;
}

export interface BankLogEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly bank_ref: string;
  readonly amount: number;
  readonly currency: string;
  readonly idempotency_key: string | null;
}

export type BankObject =
  | readonly ['beneficiary', Beneficiary]
  | readonly ['payout', Payout]
  | readonly ['pay_in', PayIn]
  | readonly ['movement', Movement];

export type BankRecord = BankObject | CommonRecord<BankSettings, BankEvent, BankLogEntry>;

export const newBankId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

const SETTINGS: BankSettings = {
  auto_settle: true,
  payout_after_ms: 2_000,
  pay_in_after_ms: 1_000,
  reject_rate: 0,
  return_rate: 0,
  return_after_ms: 5_000,
};

/** Moving are transfers that have not reached an end, and settled payouts that may still come back by themselves. */
export class BankState extends CommonState<BankSettings, BankEvent, BankLogEntry> {
  readonly beneficiaries = new Map<string, Beneficiary>();
  readonly payouts = new Map<string, Payout>();
  readonly byReference = new Map<string, string>();
  readonly payIns = new Map<string, PayIn>();
  readonly movements: Movement[] = [];

  constructor(clock: SimClock) {
    super(clock, SETTINGS);
  }

  apply(record: BankRecord): void {
    switch (record[0]) {
      case 'beneficiary':
        this.beneficiaries.set(record[1].id, record[1]);
        return;
      case 'payout':
        this.payouts.set(record[1].id, record[1]);
        this.byReference.set(record[1].client_reference, record[1].id);
        this.track(record[1].id, record[1].status === 'accepted' || record[1].status === 'settled');
        return;
      case 'pay_in':
        this.payIns.set(record[1].id, record[1]);
        this.track(record[1].id, record[1].status === 'pending');
        return;
      case 'movement':
        this.movements.push(record[1]);
        return;
      default:
        this.keep(record);
    }
  }
}
