import type pg from 'pg';
import { readNumberedTables } from './catalog.ts';

/**
 * Events, audit rows, transfers and movements carry the number of the transaction that wrote them, and are read in that order: up to the
 * oldest that still runs. The numbers belong to one server. On another, which counts from the beginning, they would lie in the future,
 * and nobody would be told of these rows for a long time. So a restored row carries its transaction's *place* among those of the
 * backup, which keeps the order, and the new server's counter is moved past the last place.
 */
export async function transactionsQuery(client: pg.ClientBase): Promise<string> {
  const tables = await readNumberedTables(client);
  return `${tables.map(({ table, column }) => `SELECT ${column} AS xid FROM ${table}`).join(' UNION ')} ORDER BY xid`;
}

/** The distinct transactions of a backup in their order: 8 bytes each, which is all that has to be in memory. */
export async function readTransactions(chunks: AsyncIterable<Buffer>, count: number): Promise<BigUint64Array> {
  const transactions = new BigUint64Array(count);
  let filled = 0;
  for await (const lines of wholeLines(chunks)) for (const line of lines) transactions[filled++] = BigInt(line);
  if (filled !== count) throw new Error(`The backup names ${filled} transactions, and says that there are ${count}`);
  return transactions;
}

/** Chunks of rows in which the last field, a transaction, is replaced by its place. */
export async function* inPlaces(chunks: AsyncIterable<Buffer>, transactions: BigUint64Array): AsyncGenerator<Buffer> {
  const replaced = (line: string): string => {
    const last = line.lastIndexOf('\t') + 1;
    return `${line.slice(0, last)}${placeOf(transactions, BigInt(line.slice(last)))}\n`;
  };
  for await (const lines of wholeLines(chunks)) yield Buffer.from(lines.map(replaced).join(''), 'latin1');
}

/** Lines as latin1, which keeps every byte of what is really UTF-8. COPY escapes line breaks within fields. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
  if (rest !== '') throw new Error('The last row is cut off');
}

/** From 1: zero is no transaction. */
function placeOf(transactions: BigUint64Array, transaction: bigint): number {
  let from = 0;
  let to = transactions.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((transactions[middle] as bigint) < transaction) from = middle + 1;
    else to = middle;
  }
  if (transactions[from] !== transaction) throw new Error(`Transaction ${transaction} is not among those of the backup`);
  return from + 1;
}

/**
 * Uses up transaction numbers until the counter is past `place`. Numbers are used one by one, without waiting for the disk, about a
 * hundred thousand a second; there are never more than the backup has transactions.
 */
export async function passTransactions(client: pg.ClientBase, place: number): Promise<void> {
  await client.query('SET synchronous_commit = off');
  await client.query(`
    DO $$ BEGIN
      WHILE pg_current_xact_id() <= '${place}'::xid8 LOOP COMMIT; END LOOP;
    END $$`);
  await client.query('RESET synchronous_commit');
}
