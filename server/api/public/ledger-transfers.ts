import { z } from 'zod';
import { TRANSFER_PHASES } from '../../views/entries.ts';
import type { HoldRow } from '../../views/holds.ts';
import type { TransferPage, TransferRow, TransferSide } from '../../views/transfers.ts';
import { currency, id, time, timeOrNull, timestamp, upper, uppers } from './fields.ts';

const side = z.object({
  account_id: id,
  code: z.string(),
  kind: z.string(),
  version: z.int().nullable().meta({ description: 'Of the account, after it; null where the account is not yours.' }),
});

const fields = {
  id,
  journal_id: id,
  kind: z.string(),
  phase: z
    .enum(uppers(TRANSFER_PHASES))
    .meta({ description: 'Only SINGLE and POST move money; PENDING holds it, VOID lets it go.' }),
  amount_minor: z.int(),
  currency,
  debit: side,
  credit: side,
  pending_id: id.nullable().meta({ description: 'The hold that it posts or voids.' }),
  reverses: id.nullable().meta({ description: 'The transfer that it takes back.' }),
  reference: z.string().nullable(),
  order_number: z.string().nullable(),
  at: timestamp,
};
export const transfer = z.object(fields).meta({ id: 'LedgerTransfer' });
export const transferPage = z
  .object({
    ...fields,
    hold: z
      .object({
        id,
        status: z.enum(uppers(['open', 'posted', 'voided'])),
        amount_minor: z.int(),
        remaining_minor: z.int(),
        expires_at: timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'As it is now, of a transfer that holds or took from a hold.' }),
    reversed_by: z.array(id).meta({ description: 'Transfers that took back of it, the oldest first.' }),
  })
  .meta({ id: 'LedgerTransferDetail' });

const sideOf = ({ id: account_id, code, kind, version }: TransferSide): z.infer<typeof side> => ({
  account_id,
  code,
  kind,
  version: version === null ? null : Number(version),
});

export const transferOf = (row: TransferRow): z.infer<typeof transfer> => ({
  id: row.id,
  journal_id: row.journalId,
  kind: row.kind,
  phase: upper(row.phase),
  amount_minor: Number(row.amountMinor),
  currency: row.currency,
  debit: sideOf(row.debit),
  credit: sideOf(row.credit),
  pending_id: row.holdId,
  reverses: row.reverses,
  reference: row.reference,
  order_number: row.orderNumber,
  at: time(row.at),
});

export const transferPageOf = ({ transfer: row, hold, reversedBy }: TransferPage): z.infer<typeof transferPage> => ({
  ...transferOf(row),
  hold: hold && {
    id: hold.id,
    status: upper(hold.status),
    amount_minor: Number(hold.amountMinor),
    remaining_minor: Number(hold.remainingMinor),
    expires_at: timeOrNull(hold.expiresAt),
  },
  reversed_by: reversedBy.map(({ id: by }) => by),
});

/** What is held and neither posted nor released yet. */
export const hold = z
  .object({
    id: id.meta({ description: 'Of the pending transfer: post_pending and void_pending name it as pending_id.' }),
    kind: z.string(),
    debit_account_id: id,
    debit_account_code: z.string(),
    credit_account_id: id,
    credit_account_code: z.string(),
    amount_minor: z.int(),
    remaining_minor: z.int(),
    currency,
    order_number: z.string().nullable(),
    created_at: timestamp,
    expires_at: timestamp.nullable(),
  })
  .meta({ id: 'LedgerHold' });

export const holdOf = (row: HoldRow): z.infer<typeof hold> => ({
  id: row.id,
  kind: row.kind,
  debit_account_id: row.debitAccount,
  debit_account_code: row.debitCode,
  credit_account_id: row.creditAccount,
  credit_account_code: row.creditCode,
  amount_minor: Number(row.amountMinor),
  remaining_minor: Number(row.remainingMinor),
  currency: row.currency,
  order_number: row.orderNumber,
  created_at: time(row.createdAt),
  expires_at: timeOrNull(row.expiresAt),
});
