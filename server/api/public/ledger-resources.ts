import { z } from 'zod';
import { FUNDING } from '../../domains/ledger/schema.ts';
import type { AccountRow } from '../../views/accounts.ts';
import { type EntryRow, TRANSFER_PHASES } from '../../views/entries.ts';
import { currency, id, time, timestamp, upper, uppers } from './fields.ts';

/** An account as it is now. */
export const account = z
  .object({
    id,
    code: z.string().meta({ description: 'The account’s own name.', example: 'merchant_payable:…:EUR' }),
    kind: z
      .string()
      .meta({ description: 'program and program_funding are yours to post to; Waybill keeps the others.', example: 'program' }),
    own_code: z
      .string()
      .nullable()
      .meta({ description: 'Of an account of your programs: what you call it by.', example: 'loyalty' }),
    name: z.string().nullable().meta({ description: 'Of an account of your programs.', example: 'Loyalty points' }),
    currency,
    normal_side: z.enum(uppers(['debit', 'credit'])),
    balance_minor: z.int().meta({ description: 'Posted, on the account’s normal side. May be negative.' }),
    held_minor: z.int().meta({ description: 'Held by what is pending, on the side that lowers the balance.' }),
    limited: z.boolean().meta({ description: 'Whether it may fall no lower than its credit limit, holds included.' }),
    credit_limit_minor: z.int().meta({ description: 'How far it may fall below zero, if it is limited.' }),
    frozen: z.boolean(),
    closed: z.boolean(),
    version: z.int().meta({ description: 'Of its newest entry.' }),
  })
  .meta({ id: 'LedgerAccount' });

const ownCodeOf = ({ kind, code }: AccountRow): string | null => {
  if (kind === 'program_funding') return FUNDING;
  return kind === 'program' ? (code.split(':')[2] ?? null) : null;
};

export const accountOf = (row: AccountRow): z.infer<typeof account> => ({
  id: row.id,
  code: row.code,
  kind: row.kind,
  own_code: ownCodeOf(row),
  name: row.name,
  currency: row.currency,
  normal_side: upper(row.normalSide),
  balance_minor: Number(row.balanceMinor),
  held_minor: Number(row.pendingMinor),
  limited: row.limited,
  credit_limit_minor: Number(row.creditLimitMinor),
  frozen: row.frozen,
  closed: row.closed,
  version: Number(row.version),
});

/** A transfer as one of its accounts sees it. */
export const entry = z
  .object({
    transfer_id: id,
    version: z.int().meta({ description: 'Of the account, after this entry: 1 for its first.' }),
    kind: z.string(),
    phase: z
      .enum(uppers(TRANSFER_PHASES))
      .meta({ description: 'Only SINGLE and POST move money; PENDING holds it, VOID lets it go.' }),
    amount_minor: z.int().meta({ description: 'Positive raises the account’s balance.' }),
    balance_minor: z.int().meta({ description: 'The posted balance after it.' }),
    currency,
    other_account_code: z.string(),
    order_number: z.string().nullable(),
    payment_id: id.nullable(),
    reference: z.string().nullable(),
    at: timestamp,
  })
  .meta({ id: 'LedgerEntry' });

export const entryOf = (row: EntryRow): z.infer<typeof entry> => ({
  transfer_id: row.id,
  version: Number(row.version),
  kind: row.kind,
  phase: upper(row.phase),
  amount_minor: Number(row.amountMinor),
  balance_minor: Number(row.balanceMinor),
  currency: row.currency,
  other_account_code: row.otherCode,
  order_number: row.orderNumber,
  payment_id: row.paymentId,
  reference: row.reference,
  at: time(row.at),
});
