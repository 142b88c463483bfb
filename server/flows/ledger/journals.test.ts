import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountId } from '../../domains/ledger/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { writeEvidence } from '../../testing/evidence.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createTransferLane, type TransferLane, type WantedTransfer } from './post-journals.ts';
import { type Answer, explain, type Sent } from './testing/explain.ts';
import { type DrawnJournal, type History, histories } from './testing/ledger-histories.ts';
import { balanceOf, type Paper, type PaperTransfer } from './testing/naive-ledger.ts';

const deep = process.env.WAYBILL_DEEP === '1';
const HISTORIES = deep ? 10_000 : 500;
/** So many histories are on their way together, over the same lanes: their journals share batches. */
const TOGETHER = 20;
const LANES = 3;

let db: TestDatabase;
let lanes: TransferLane[];

beforeAll(async () => {
  db = await createTestDatabase();
  lanes = Array.from({ length: LANES }, () => createTransferLane({ pool: db.pool }));
});
afterAll(() => db.drop());

const ctxNow = (): Ctx => ({ now: new Date(), actor: 'system:test', traceId: newId(), requestId: newId(), home: 'EU' });
const shared = { kind: 'test', orderId: null, paymentId: null } as const;

async function openAccounts({ accounts }: History): Promise<string[]> {
  const run = newId();
  const codes = accounts.map((_, index) => `test:${run}:${index}`);
  const ids = codes.map(accountId);
  await db.ownerPool.query(
    `INSERT INTO accounts (id, code, kind, home, currency, normal_side, limited, credit_limit_minor, frozen, closed, created_at)
     SELECT i, c, 'test', 'EU', 'EUR', s, l, m, b = 'frozen', b = 'closed', now()
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::int8[], $6::text[]) AS v(i, c, s, l, m, b)`,
    [
      ids,
      codes,
      accounts.map(({ side }) => side),
      accounts.map(({ limited }) => limited),
      accounts.map(({ creditLimit }) => creditLimit),
      accounts.map(({ blocked }) => blocked ?? ''),
    ],
  );
  return ids;
}

/** Gives a drawn journal ids, and partners among what the waves before it have asked for. */
function named(drawn: DrawnJournal, past: readonly PaperTransfer[]): PaperTransfer[] {
  const own: PaperTransfer[] = [];
  for (const transfer of drawn.transfers) {
    const id = newId();
    const known = [...past, ...own];
    if (transfer.do === 'move' || transfer.do === 'hold') {
      const { from, to, amount, foreign } = transfer;
      own.push({ ...{ id, from, to, amount, currency: foreign ? 'USD' : 'EUR' }, do: transfer.do });
      continue;
    }
    const candidates = known.filter((one) => (transfer.do === 'reverse' ? past.includes(one) : one.do === 'hold'));
    const partner = candidates[transfer.nth % Math.max(1, candidates.length)]?.id ?? newId();
    if (transfer.do === 'reverse') own.push({ id, do: 'reverse', of: partner, amount: transfer.amount });
    else if (transfer.do === 'void') own.push({ id, do: 'void', hold: partner });
    else own.push({ id, do: 'post', hold: partner, amount: transfer.amount, final: transfer.final });
  }
  return own;
}

function wanted(transfer: PaperTransfer, ids: readonly string[]): WantedTransfer {
  const { id } = transfer;
  if (transfer.do === 'void') return { ...shared, id, phase: 'void', holdId: transfer.hold };
  if (transfer.do === 'reverse') {
    const amount = transfer.amount === null ? {} : { amountMinor: BigInt(transfer.amount) };
    return { id, kind: 'test', phase: 'reverse', transferId: transfer.of, ...amount };
  }
  const amountMinor = BigInt(transfer.amount);
  if (transfer.do === 'post') return { ...shared, id, phase: 'post', holdId: transfer.hold, amountMinor, final: transfer.final };
  const { currency } = transfer;
  const sides = { debit: ids[transfer.from] as string, credit: ids[transfer.to] as string };
  return { ...shared, ...sides, id, currency, amountMinor, phase: transfer.do === 'hold' ? 'pending' : 'single' };
}

let turn = 0;
const send = async (journal: readonly PaperTransfer[], ids: readonly string[]): Promise<Answer> => {
  const lane = lanes[turn++ % LANES] as TransferLane;
  return {
    results: await lane.post(
      journal.map((transfer) => wanted(transfer, ids)),
      ctxNow(),
    ),
  };
};

const tally = { journals: 0, sendings: 0, created: 0, duplicates: 0, refused: 0, forged: 0 };

/** Runs a history and returns why it has no sequential order, or null. */
async function run(history: History): Promise<string | null> {
  const ids = await openAccounts(history);
  const past: PaperTransfer[] = [];
  let paper: Paper = [];
  for (const wave of history.waves) {
    const journals = wave.map((drawn) => ({ drawn, journal: named(drawn, past) }));
    const sent = await Promise.all(
      journals.map(async ({ drawn, journal }): Promise<Sent> => {
        const answers = await Promise.all(Array.from({ length: drawn.sent }, () => send(journal, ids)));
        return { journal, answers };
      }),
    );
    for (const { answers } of sent) count(answers);
    const found = explain(history.accounts, paper, sent);
    if (typeof found === 'string') return `${found}\n${JSON.stringify({ history, sent }, bigints, 1)}`;
    paper = found;
    past.push(...journals.flatMap(({ journal }) => journal));
    for (const [index, { drawn, journal }] of journals.entries()) {
      const fault = drawn.forged ? await forge(journal, sent[index] as Sent, ids) : null;
      if (fault) return fault;
    }
  }
  return compareBalances(history, ids, paper);
}

const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

function count(answers: readonly Answer[]): void {
  tally.journals++;
  tally.sendings += answers.length;
  for (const { results } of answers) {
    if (results[0]?.result === 'created') tally.created++;
    else if (results[0]?.result === 'duplicate') tally.duplicates++;
    else tally.refused++;
  }
}

/** The same ids with another amount: refused where the journal was written, and nothing is changed. */
async function forge(journal: readonly PaperTransfer[], { answers }: Sent, ids: readonly string[]): Promise<string | null> {
  const written = answers.some(({ results }) => results[0]?.result === 'created');
  const [first, ...rest] = journal;
  if (!written || !first || first.do === 'void' || first.do === 'reverse') return null;
  tally.forged++;
  const { results } = await send([{ ...first, amount: first.amount + 1 }, ...rest], ids);
  return results[0]?.result === 'transfer_id_reused'
    ? null
    : `another transfer under a used id was answered ${results[0]?.result}`;
}

async function compareBalances({ accounts }: History, ids: readonly string[], paper: Paper): Promise<string | null> {
  const { rows } = await db.pool.query<{ id: string; balance: bigint }>(
    `SELECT id, CASE normal_side WHEN 'credit' THEN credits_posted - debits_posted ELSE debits_posted - credits_posted END AS balance
     FROM accounts WHERE id = ANY($1::uuid[])`,
    [ids],
  );
  for (const [index, account] of accounts.entries()) {
    const stored = rows.find(({ id }) => id === ids[index])?.balance;
    const expected = BigInt(balanceOf(account, index, paper));
    if (stored !== expected) return `account ${index} holds ${stored}, on paper ${expected}`;
  }
  return null;
}

it('answers every history as if one journal had been posted after the other', async () => {
  const drawn = fc.sample(histories, { numRuns: HISTORIES, seed: 20_261_128 });
  for (let at = 0; at < drawn.length; at += TOGETHER) {
    const faults = await Promise.all(drawn.slice(at, at + TOGETHER).map(run));
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  }
  // A run that never met one of these would prove nothing of it.
  for (const figure of Object.values(tally)) expect(figure).toBeGreaterThan(0);
  const { report } = await checkIntegrity(db.pool, { full: true, now: new Date() });
  expect(report.invariants.filter(({ state }) => state === 'violated')).toEqual([]);
  writeEvidence('ledger', {
    title: 'The ledger against paper',
    what: 'Random histories of linked journals, holds, reversals and repeats over three lanes at once, each explained by a sequential order of a naive ledger; `npm run test:deep`.',
    figures: [['histories', HISTORIES], ...Object.entries(tally), ['histories without a sequential order', 0]],
  });
}, 3_600_000);
