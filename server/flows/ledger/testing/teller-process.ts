import { appendFileSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Ctx } from '../../../kernel/context.ts';
import { newId } from '../../../kernel/ids.ts';
import { createPool } from '../../../platform/db.ts';
import { createTransferLane, type WantedTransfer } from '../post-journals.ts';

/**
 * A process that moves money until it is told to stop, or killed: `node teller-process.ts <database url> <accounts.json> <book>`. Into its book it
 * writes each journal before it sends it, and what it was answered. Begun again it first sends what it was never answered, under the same
 * ids, as a client does who did not hear.
 */
const [url, accountsFile, book] = process.argv.slice(2) as [string, string, string];
const accounts = JSON.parse(readFileSync(accountsFile, 'utf8')) as string[];
const pool = createPool({ connectionString: url, max: 2, name: 'teller' });
const lane = createTransferLane({ pool });
const CALLERS = 16;
const PATIENCE_MS = 100;
/** Money in the tellers' hands is never scarce: what is refused would only be less to look at. */
const MOST_MINOR = 500;

let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});

const below = (bound: number): number => Math.floor(Math.random() * bound);
const shared = { kind: 'teller', orderId: null, paymentId: null } as const;

function move(phase: 'single' | 'pending'): WantedTransfer & { readonly id: string } {
  const from = below(accounts.length);
  const to = (from + 1 + below(accounts.length - 1)) % accounts.length;
  const sides = { debit: accounts[from] as string, credit: accounts[to] as string };
  return { ...shared, ...sides, phase, id: newId(), amountMinor: BigInt(1 + below(MOST_MINOR)), currency: 'EUR' };
}

/** One of what a ledger is asked for: a move, two linked ones, a hold with what becomes of it, a move that is taken back. */
function draw(): WantedTransfer[][] {
  const kind = below(6);
  if (kind < 3) return [[move('single')]];
  if (kind === 3) return [[move('single'), move('single')]];
  const first = move(kind === 4 ? 'pending' : 'single');
  if (kind === 5) return [[first], [{ phase: 'reverse', id: newId(), kind: 'teller', transferId: first.id }]];
  const end = { ...shared, id: newId(), holdId: first.id };
  return [[first], [below(2) === 0 ? { ...end, phase: 'post', amountMinor: 1n, final: true } : { ...end, phase: 'void' }]];
}

const lines = existsSync(book) ? readFileSync(book, 'utf8').split('\n') : [];
const file = openSync(book, 'a');
const write = (line: object): void => {
  writeSync(file, `${JSON.stringify(line, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))}\n`);
};

async function settle(transfers: readonly WantedTransfer[]): Promise<void> {
  for (;;) {
    const ctx: Ctx = { now: new Date(), actor: 'system:teller', traceId: newId(), requestId: newId(), home: 'EU' };
    try {
      const results = await lane.post(transfers, ctx);
      write({ answered: transfers[0]?.id, results: results.map(({ result }) => result) });
      return;
    } catch {
      // Nobody knows what became of it: asked again under the same ids until somebody does.
      await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    }
  }
}

async function send(transfers: readonly WantedTransfer[]): Promise<void> {
  write({ sent: transfers });
  await settle(transfers);
}

async function caller(): Promise<void> {
  while (!stopping) for (const journal of draw()) await send(journal);
}

/** A line that was being written when the process was killed is cut off: what it said was never sent. */
function unanswered(): WantedTransfer[][] {
  const sent = new Map<string, WantedTransfer[]>();
  for (const line of lines) {
    try {
      const entry = JSON.parse(line) as { sent?: WantedTransfer[]; answered?: string };
      if (entry.sent) sent.set(entry.sent[0]?.id ?? '', entry.sent.map(revive));
      if (entry.answered) sent.delete(entry.answered);
    } catch {}
  }
  return [...sent.values()];
}

function revive(wanted: WantedTransfer): WantedTransfer {
  return 'amountMinor' in wanted && wanted.amountMinor !== undefined
    ? { ...wanted, amountMinor: BigInt(wanted.amountMinor) }
    : wanted;
}

if (lines.length > 0) appendFileSync(book, '\n');
await Promise.all(unanswered().map(settle));
console.log('teller: ready');
await Promise.all(Array.from({ length: CALLERS }, caller));
await pool.end();
