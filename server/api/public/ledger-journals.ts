import { z } from 'zod';
import { JOURNAL_SIZE, type WantedTransfer } from '../../flows/ledger/post-journals.ts';
import type { ProgramTransfer } from '../../flows/ledger/post-programs.ts';
import { readSnapshot } from '../../platform/read-snapshot.ts';
import { listHolds } from '../../views/holds.ts';
import { readJournal, readTransfer } from '../../views/transfers.ts';
import { procedure } from '../trpc.ts';
import { amount as anyAmount, currency, id, page, pageOf, pageQuery, time, timestamp } from './fields.ts';
import { hold, holdOf, transfer, transferOf, transferPage, transferPageOf } from './ledger-transfers.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Ledger';
/** One request's share of the lane, which it has together with everybody. */
const MAX_JOURNALS = 100;
const MAX_TRANSFERS = 500;
/** Ten thousand of these still add up to what JSON can carry as an integer. */
const MAX_AMOUNT_MINOR = 900_000_000_000;

/** A hold that outlives everybody needs no end at all. */
const FAR_OFF = new Date('2200-01-01T00:00:00Z');

const amount = anyAmount.min(1).max(MAX_AMOUNT_MINOR);
const party = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/)
  .meta({ description: 'An account of your programs: its id, or its own_code in the transfer’s currency.', example: 'loyalty' });
const common = {
  id: id.meta({ description: 'Yours: its idempotency key for ever. A UUIDv7 is best.' }),
  kind: z
    .string()
    .regex(/^(?:program\.)?[a-z][a-z0-9_]{0,39}$/)
    .optional()
    .meta({
      description: 'What it is for, in your words: read as program.points_earned. “program” unless said.',
      example: 'points_earned',
    }),
  reference: z
    .string()
    .regex(/\S/, 'must not be blank')
    .max(100)
    .optional()
    .meta({ description: 'What it goes back to on your side.' }),
};
const move = { ...common, debit_account: party, credit_account: party, amount_minor: amount, currency };
const wanted = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('plain').meta({ description: 'Moves money at once.' }), ...move }),
  z.strictObject({
    type: z.literal('pending').meta({ description: 'Holds money until it is posted or voided.' }),
    ...move,
    expires_at: timestamp
      .refine((at) => new Date(at) < FAR_OFF, 'must be before the year 2200')
      .optional()
      .meta({ description: 'From then on nothing of it is posted; it is voided by itself.' }),
  }),
  z.strictObject({
    type: z.literal('post_pending').meta({ description: 'Moves held money, all of it or a part.' }),
    ...common,
    pending_id: id,
    amount_minor: amount,
    final: z.boolean().optional().meta({ description: 'true unless said: the rest is released. false keeps holding it.' }),
  }),
  z.strictObject({
    type: z.literal('void_pending').meta({ description: 'Releases what is still held.' }),
    ...common,
    pending_id: id,
  }),
  z.strictObject({
    type: z.literal('reversal').meta({ description: 'Takes a posted transfer back and names it.' }),
    ...common,
    reverses: id,
    amount_minor: amount.optional().meta({ description: 'All that is left of it unless said.' }),
  }),
]);

const transfers = z
  .array(wanted)
  .min(1)
  .max(JOURNAL_SIZE)
  .superRefine((linked, issues) => {
    const ids = new Set<string>();
    for (const [at, { id: own }] of linked.entries()) {
      if (ids.has(own.toLowerCase()))
        issues.addIssue({ code: 'custom', path: [at, 'id'], message: 'is the id of another transfer of this journal' });
      ids.add(own.toLowerCase());
    }
  });
const journals = z
  .array(z.strictObject({ transfers }))
  .min(1)
  .max(MAX_JOURNALS)
  .refine(
    (all) => all.reduce((sum, journal) => sum + journal.transfers.length, 0) <= MAX_TRANSFERS,
    `must have at most ${MAX_TRANSFERS} transfers in all`,
  );

const result = z
  .object({
    id,
    result: z.string().meta({
      description: 'posted, duplicate (was posted before, as it says), or the code of its refusal (see /problems).',
      examples: ['posted', 'duplicate', 'insufficient_funds', 'account_frozen', 'linked_failed'],
    }),
    detail: z.string().nullable().meta({ description: 'What to do about a refusal, for a person.' }),
    after: z
      .object({
        debit_version: z.int(),
        credit_version: z.int(),
        debit_balance_minor: z.int(),
        credit_balance_minor: z.int(),
      })
      .nullable()
      .meta({ description: 'Both accounts after it: versions for at_least_version, posted balances. null where refused.' }),
  })
  .meta({ id: 'TransferResult' });

const answer = z
  .object({
    journals: z.array(
      z.object({
        result: z.string().meta({ description: 'posted, duplicate, or the code by which it was refused as a whole.' }),
        transfers: z.array(result),
      }),
    ),
  })
  .meta({ id: 'JournalResults' });

type Wanted = z.infer<typeof wanted>;

/** Ids are compared in lower case wherever they are; codes are lower case anyway. */
const lower = (text: string): string => text.toLowerCase();

/** Kinds of the house mean something to it: those from outside are told apart from them. */
function kindOf(said: string | undefined): string {
  if (said === undefined) return 'program';
  return said.startsWith('program.') ? said : `program.${said}`;
}

function transferWanted(from: Wanted): WantedTransfer {
  const base = { id: lower(from.id), kind: kindOf(from.kind), reference: from.reference ?? null };
  const plain = { ...base, orderId: null, paymentId: null };
  switch (from.type) {
    case 'reversal': {
      const amountMinor = from.amount_minor === undefined ? {} : { amountMinor: BigInt(from.amount_minor) };
      return { phase: 'reverse', ...base, transferId: lower(from.reverses), ...amountMinor };
    }
    case 'void_pending':
      return { phase: 'void', ...plain, holdId: lower(from.pending_id) };
    case 'post_pending': {
      const how = { amountMinor: BigInt(from.amount_minor), final: from.final ?? true };
      return { phase: 'post', ...plain, holdId: lower(from.pending_id), ...how };
    }
    default: {
      const moved = {
        ...plain,
        debit: lower(from.debit_account),
        credit: lower(from.credit_account),
        amountMinor: BigInt(from.amount_minor),
        currency: from.currency,
      };
      if (from.type === 'plain') return { phase: 'single', ...moved };
      return { phase: 'pending', ...moved, expiresAt: from.expires_at === undefined ? null : new Date(from.expires_at) };
    }
  }
}

const resultOf = ({ id: transferId, result: said, detail, after }: ProgramTransfer): z.infer<typeof result> => ({
  id: transferId,
  result: said,
  detail,
  after: after && {
    debit_version: after.debitVersion,
    credit_version: after.creditVersion,
    debit_balance_minor: after.debitBalanceMinor,
    credit_balance_minor: after.creditBalanceMinor,
  },
});

/** A journal is what the transfer to blame says, or what all of them say. */
const wholeOf = (transfers: readonly ProgramTransfer[]): string =>
  (transfers.find(({ after, result: said }) => after === null && said !== 'linked_failed') ?? transfers[0])?.result ?? 'posted';

const NIL = '019e0000-0000-7000-8000-00000000000';
const EXAMPLE = {
  journals: [
    {
      transfers: [
        {
          type: 'plain',
          id: `${NIL}1`,
          debit_account: 'funding',
          credit_account: 'loyalty',
          amount_minor: 500,
          currency: 'EUR',
          kind: 'points_earned',
          reference: 'web-10071',
        },
      ],
    },
    {
      transfers: [
        {
          type: 'pending',
          id: `${NIL}2`,
          debit_account: 'loyalty',
          credit_account: 'funding',
          amount_minor: 300,
          currency: 'EUR',
        },
        { type: 'post_pending', id: `${NIL}3`, pending_id: `${NIL}2`, amount_minor: 100, final: false },
      ],
    },
  ],
};

/** Journals of a merchant's own programs, and what was posted. */
export const journalProcedures = {
  postJournals: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/ledger/journals',
        id: 'postJournals',
        tag: TAG,
        summary: 'Post journals between accounts of your programs',
        description: `Up to ${MAX_JOURNALS} journals of up to ${JOURNAL_SIZE} linked transfers, ${MAX_TRANSFERS} transfers in all, posted in order. A journal is written whole or not at all, each transfer on the balances that those before it leave; the next journal is tried whatever became of it. So the answer is 200 with a result for each, also where some or all were refused. A transfer’s id is its key: sent again, in this request or another, it is answered as a duplicate and moves nothing. What was refused moved nothing and may be sent again, under a new Idempotency-Key.`,
        example: EXAMPLE,
      }),
    )
    .input(z.strictObject({ journals }))
    .output(answer)
    .mutation(async ({ ctx, input }) => {
      const { journals: posted } = await perform(ctx, ctx.app.flows.ledger.postPrograms, {
        merchantId: ctx.scope.merchantId ?? '',
        journals: input.journals.map(({ transfers }) => transfers.map(transferWanted)),
      });
      return { journals: posted.map((transfers) => ({ result: wholeOf(transfers), transfers: transfers.map(resultOf) })) };
    }),

  transfer: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/transfers/{transfer}',
        id: 'getTransfer',
        tag: TAG,
        summary: 'Get a transfer, with its hold and what was taken back of it',
      }),
    )
    .input(z.strictObject({ transfer: id }))
    .output(transferPage)
    .query(async ({ ctx, input }) =>
      transferPageOf(await readSnapshot(ctx.app.pool, (tx) => readTransfer(tx, ctx.scope, lower(input.transfer)))),
    ),

  holds: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/holds',
        id: 'listHolds',
        tag: TAG,
        summary: 'List what is held and neither posted nor released yet, the oldest first',
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ ...pageQuery, account: id.optional().meta({ description: 'Only what one account holds.' }) }))
    .output(pageOf(hold))
    .query(async ({ ctx, input: { cursor, limit, account } }) => {
      const request = { after: cursor, limit, accountId: account && lower(account) };
      return page(await listHolds(ctx.pool, ctx.scope, request), holdOf);
    }),

  journal: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/journals/{journal}',
        id: 'getJournal',
        tag: TAG,
        summary: 'Get a journal: what was posted together',
      }),
    )
    .input(z.strictObject({ journal: id }))
    .output(z.object({ id, at: timestamp, transfers: z.array(transfer) }).meta({ id: 'LedgerJournal' }))
    .query(async ({ ctx, input }) => {
      const found = await readSnapshot(ctx.app.pool, (tx) => readJournal(tx, ctx.scope, lower(input.journal)));
      return { id: found.id, at: time(found.at), transfers: found.transfers.map(transferOf) };
    }),
};
