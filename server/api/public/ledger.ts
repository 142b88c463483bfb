import { z } from 'zod';
import { glAccountOf } from '../../domains/gl/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Consistency } from '../../platform/consistent-read.ts';
import { balanceNow } from '../../views/account-balance.ts';
import { listAccounts, readAccount } from '../../views/accounts.ts';
import { balanceAt, balanceAtVersion } from '../../views/balances.ts';
import { listEntries, TRANSFER_PHASES } from '../../views/entries.ts';
import { readMappings } from '../../views/gl/mappings.ts';
import { checkPeriod, listGlPostings } from '../../views/gl/postings.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, time, timeOrNull, timestamp, upper, uppers, words } from './fields.ts';
import { journalProcedures } from './ledger-journals.ts';
import { programProcedures } from './ledger-programs.ts';
import { account, accountOf, entry, entryOf } from './ledger-resources.ts';
import { statementProcedures } from './ledger-statement.ts';
import { operation } from './operation.ts';

const TAG = 'Ledger';

const balance = z
  .object({
    account_id: id,
    code: z.string().meta({ description: 'The account’s own name.', example: 'merchant_payable:…:EUR' }),
    kind: z.string(),
    currency,
    normal_side: z.enum(uppers(['debit', 'credit'])),
    version: z.int().meta({ description: 'Of the newest entry that counts; 0 before the first.' }),
    at: timestamp.nullable().meta({ description: 'The instant asked for, or that of the version; null for version 0.' }),
    balance_minor: z.int().meta({ description: 'Posted, on the account’s normal side. May be negative.' }),
    held_minor: z.int().meta({ description: 'Held by what was pending then, on the side that lowers the balance.' }),
    debits_minor: z.int(),
    credits_minor: z.int(),
    as_of: timestamp.nullable().meta({ description: 'When a balance of now was read; null for one of the past.' }),
    lag_ms: z.int().meta({ description: 'How old the answer may be: 0 unless consistency is EVENTUAL.' }),
  })
  .meta({ id: 'AccountBalance' });

function consistencyOf(input: {
  readonly consistency?: 'STRONG' | 'EVENTUAL' | undefined;
  readonly at_least_version?: number | undefined;
}): Consistency {
  if (input.at_least_version !== undefined) return { atLeast: BigInt(input.at_least_version) };
  return input.consistency === 'EVENTUAL' ? 'eventual' : 'strong';
}

const glAccount = z
  .object({ number: z.string().meta({ example: '1200' }), name: z.string().meta({ example: 'Accounts receivable' }) })
  .meta({ id: 'GlAccount', description: 'As the accountant calls it: the mapping is on the page General ledger.' });
const posting = z
  .object({
    transfer_id: id,
    journal_id: id.meta({ description: 'Postings of one journal belong together.' }),
    posted_at: timestamp,
    kind: z.string().meta({ example: 'sale' }),
    debit: glAccount,
    credit: glAccount,
    amount_minor: z.int(),
    currency,
    reference: z.string().nullable(),
    order_number: z.string().nullable(),
  })
  .meta({ id: 'LedgerPosting' });
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ example: '2026-11-30' });

/** What a merchant's own accounts hold, and held, and what was posted there; its programs, which it posts to itself. */
export const ledgerRouter = router({
  ...programProcedures,
  ...journalProcedures,
  ...statementProcedures,

  accounts: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/accounts',
        id: 'listAccounts',
        tag: TAG,
        summary: 'List accounts by their codes',
      }),
    )
    .input(z.strictObject({ ...pageQuery, kind: words(60).optional(), currency: currency.optional() }))
    .output(pageOf(account))
    .query(async ({ ctx, input: { cursor, ...filter } }) =>
      page(await listAccounts(ctx.pool, ctx.scope, { ...filter, after: cursor }), accountOf),
    ),

  account: procedure
    .meta(operation({ method: 'GET', path: '/ledger/accounts/{account}', id: 'getAccount', tag: TAG, summary: 'Get an account' }))
    .input(z.strictObject({ account: id }))
    .output(account)
    .query(async ({ ctx, input }) => accountOf(await readAccount(ctx.pool, ctx.scope, input.account))),

  entries: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/accounts/{account}/entries',
        id: 'listAccountEntries',
        tag: TAG,
        summary: 'List an account’s entries, newest first',
      }),
    )
    .input(
      z.strictObject({
        ...pageQuery,
        account: id,
        kind: words(60).optional(),
        phase: z.enum(uppers(TRANSFER_PHASES)).optional(),
        from: timestamp.optional().meta({ description: 'Only entries of this instant or later.' }),
        to: timestamp.optional().meta({ description: 'Only entries before this instant.' }),
      }),
    )
    .output(pageOf(entry))
    .query(async ({ ctx, input }) => {
      const found = await listEntries(ctx.pool, ctx.scope, {
        accountId: input.account,
        after: input.cursor,
        limit: input.limit,
        kind: input.kind,
        phase: TRANSFER_PHASES.find((phase) => upper(phase) === input.phase),
        from: input.from === undefined ? undefined : new Date(input.from),
        to: input.to === undefined ? undefined : new Date(input.to),
      });
      return page(found, entryOf);
    }),

  postings: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/postings',
        id: 'listLedgerPostings',
        tag: TAG,
        summary: 'List what was posted, for the books',
        description:
          'Whole days in UTC, both included, oldest first: every transfer that touches an account of yours, with the accounts of the accountant on both sides. What is only held is not posted. The same as the CSV file of the page General ledger.',
      }),
    )
    .input(z.strictObject({ from: day, to: day, currency: currency.optional(), ...pageQuery }))
    .output(pageOf(posting))
    .query(async ({ ctx, input: { from, to, currency: only, cursor, limit } }) => {
      checkPeriod({ from, to });
      const find = glAccountOf(await readMappings(ctx.pool, ctx.scope));
      const found = await listGlPostings(ctx.pool, ctx.scope, { from, to, currency: only, after: cursor, limit });
      return page(found, (row) => ({
        transfer_id: row.id,
        journal_id: row.journalId,
        posted_at: time(row.at),
        kind: row.kind,
        debit: find(row.debitKind, row.debitMerchant),
        credit: find(row.creditKind, row.creditMerchant),
        amount_minor: Number(row.amountMinor),
        currency: row.currency,
        reference: row.reference,
        order_number: row.orderNumber,
      }));
    }),

  balance: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/accounts/{account}/balance',
        id: 'getAccountBalance',
        tag: TAG,
        summary: 'Get an account’s balance, now or in the past',
        description:
          'Of now where neither version nor at is sent. A version is exact at once and for ever. An instant counts the entries dated then or before; requests that were under way at that instant may still join it for a minute. A balance of now is read with a consistency: STRONG unless said; EVENTUAL may be two seconds old and costs least; at_least_version waits for the version that you were answered.',
        refuses: ['version_not_reached'],
      }),
    )
    .input(
      z.strictObject({
        account: id,
        version: z.int().min(0).optional().meta({ description: 'After this version of the account.' }),
        at: timestamp
          .optional()
          .meta({ description: 'At this instant, entries of that instant included. Not together with version.' }),
        consistency: z
          .enum(uppers(['strong', 'eventual']))
          .optional()
          .meta({ description: 'Of a balance of now.' }),
        at_least_version: z.int().min(0).optional().meta({
          description: 'Of a balance of now: not older than this version of the account; waited for up to two seconds.',
        }),
      }),
    )
    .output(balance)
    .query(async ({ ctx, input }) => {
      if (input.version !== undefined && input.at !== undefined)
        throw new DomainError('invalid_request', 'Send either version or at, not both.', { field: 'at' });
      const past = input.version !== undefined || input.at !== undefined;
      if (past && (input.consistency !== undefined || input.at_least_version !== undefined))
        throw new DomainError('invalid_request', 'The past does not change: send no consistency with version or at.', {
          field: 'consistency',
        });
      if (input.consistency !== undefined && input.at_least_version !== undefined)
        throw new DomainError('invalid_request', 'Send either consistency or at_least_version, not both.', {
          field: 'at_least_version',
        });
      const now = past ? null : await balanceNow(ctx.pool, ctx.scope, input.account, consistencyOf(input));
      const found =
        now?.value ??
        (input.at !== undefined
          ? await balanceAt(ctx.pool, ctx.scope, input.account, new Date(input.at), ctx.ctx().now)
          : await balanceAtVersion(ctx.pool, ctx.scope, input.account, BigInt(input.version ?? 0)));
      return {
        account_id: found.accountId,
        code: found.code,
        kind: found.kind,
        currency: found.currency,
        normal_side: found.normalSide === 'debit' ? 'DEBIT' : 'CREDIT',
        version: Number(found.version),
        at: timeOrNull(found.at),
        balance_minor: Number(found.balanceMinor),
        held_minor: Number(found.heldMinor),
        debits_minor: Number(found.debitsMinor),
        credits_minor: Number(found.creditsMinor),
        as_of: timeOrNull(now?.asOf ?? null),
        lag_ms: now?.lagMs ?? 0,
      };
    }),
});
