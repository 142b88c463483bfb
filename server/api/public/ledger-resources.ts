import { z } from 'zod';
import type { AccountRow } from '../../views/accounts.ts';
import { type EntryRow, TRANSFER_PHASES } from '../../views/entries.ts';
import { currency, id, time, timestamp, upper, uppers } from './fields.ts';

/** An account as it is now. */
export const account = z
  .object({
    id,
    code: z.string().meta({ description: 'The account’s own name.', example: 'merchant_payable:…:EUR' }),
    kind: z.string(),
    currency,
    normal_side: z.enum(uppers(['debit', 'credit'])),
    balance_minor: z.int().meta({ description: 'Posted, on the account’s normal side. May be negative.' }),
    held_minor: z.int().meta({ description: 'Held by what is pending, on the side that lowers the balance.' }),
    frozen: z.boolean(),
    closed: z.boolean(),
    version: z.int().meta({ description: 'Of its newest entry.' }),
  })
  .meta({ id: 'LedgerAccount' });

export const accountOf = (row: AccountRow): z.infer<typeof account> => ({
  id: row.id,
  code: row.code,
  kind: row.kind,
  currency: row.currency,
  normal_side: upper(row.normalSide),
  balance_minor: Number(row.balanceMinor),
  held_minor: Number(row.pendingMinor),
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
