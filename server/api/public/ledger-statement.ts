import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { statementCsv } from '../../views/statements/csv.ts';
import { readStatement, type Statement, statementEntries } from '../../views/statements/statement.ts';
import { timeZone } from '../page-input.ts';
import { procedure } from '../trpc.ts';
import { currency, id, time, timestamp } from './fields.ts';
import { exchangeOf, operation } from './operation.ts';

/** More entries than this nobody takes in one JSON answer; CSV comes as it is read, whatever its length. */
const MAX_ENTRIES = 5_000;

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ example: '2026-11-01' });

const line = z
  .object({
    transfer_id: id,
    version: z.int(),
    at: timestamp,
    kind: z.string(),
    amount_minor: z.int().meta({ description: 'Positive raises the balance.' }),
    balance_minor: z.int().meta({ description: 'What the statement has come to with it.' }),
    other_account_code: z.string(),
    order_number: z.string().nullable(),
    reference: z.string().nullable(),
  })
  .meta({ id: 'StatementEntry' });

const statement = z
  .object({
    account_id: id,
    code: z.string(),
    name: z.string().nullable(),
    currency,
    from: timestamp,
    to: timestamp.meta({ description: 'The end of the last day, exclusive; now where that is still to come.' }),
    time_zone: z.string(),
    version: z.int().meta({ description: 'Of the account when it was read: what is written meanwhile does not count.' }),
    opening_minor: z.int(),
    in_minor: z.int(),
    out_minor: z.int(),
    closing_minor: z.int().meta({ description: 'opening_minor + in_minor − out_minor.' }),
    held_minor: z.int().meta({ description: 'Held by what was pending at the end.' }),
    entries: z.array(line),
  })
  .meta({ id: 'AccountStatement' });

const headOf = (found: Statement): Omit<z.infer<typeof statement>, 'entries'> => ({
  account_id: found.account.id,
  code: found.account.code,
  name: found.account.name,
  currency: found.account.currency,
  from: time(found.from),
  to: time(found.to),
  time_zone: found.days.timeZone,
  version: Number(found.upTo),
  opening_minor: Number(found.openingMinor),
  in_minor: Number(found.inMinor),
  out_minor: Number(found.outMinor),
  closing_minor: Number(found.closingMinor),
  held_minor: Number(found.heldMinor),
});

/** What an account's statement says, for programs. */
export const statementProcedures = {
  statement: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/accounts/{account}/statement',
        id: 'getAccountStatement',
        tag: 'Ledger',
        summary: 'Get an account’s statement',
        description: `Opening balance, every posted entry with the balance after it, closing balance, of whole days, both included. With \`Accept: text/csv\` it comes as CSV of any length; JSON takes ${MAX_ENTRIES} entries at most. Where its entries do not lead from the opening to the closing balance there is no statement.`,
        refuses: ['over_limit'],
        csv: true,
      }),
    )
    .input(
      z.strictObject({
        account: id,
        from: day,
        to: day,
        time_zone: timeZone.optional().meta({ description: 'IANA: whose days; UTC unless said.', example: 'Europe/Berlin' }),
      }),
    )
    .output(statement)
    .query(async ({ ctx, input }) => {
      const days = { from: input.from, to: input.to, timeZone: input.time_zone ?? 'UTC' };
      const found = await readStatement(ctx.pool, ctx.scope, input.account.toLowerCase(), days, ctx.ctx().now);
      const exchange = exchangeOf(ctx);
      if (exchange.wantsCsv) {
        exchange.csv = statementCsv(ctx.pool, found);
        return { ...headOf(found), entries: [] };
      }
      if (found.entries > MAX_ENTRIES)
        throw new DomainError(
          'over_limit',
          `This period has ${found.entries} entries, JSON takes ${MAX_ENTRIES}. Ask for a shorter one, or send Accept: text/csv.`,
        );
      const entries: z.infer<typeof line>[] = [];
      for await (const page of statementEntries(ctx.pool, found)) {
        for (const row of page)
          entries.push({
            transfer_id: row.id,
            version: Number(row.version),
            at: time(row.at),
            kind: row.kind,
            amount_minor: Number(row.amountMinor),
            balance_minor: Number(row.balanceMinor),
            other_account_code: row.otherCode,
            order_number: row.orderNumber,
            reference: row.reference,
          });
      }
      return { ...headOf(found), entries };
    }),
};
