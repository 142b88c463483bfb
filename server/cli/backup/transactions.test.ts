import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inPlaces, readTransactions } from './transactions.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

const transaction = fc.bigInt({ min: 3n, max: 2n ** 64n - 1n });
const field = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\t\n\r\\]/g, ' '));

it('rows keep everything but their transaction, which becomes its place among all, wherever a chunk ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(field, transaction)), fc.integer({ min: 1, max: 40 }), async (rows, size) => {
      const distinct = [...new Set(rows.map(([, xid]) => xid))].sort((a, b) => (a < b ? -1 : 1));
      const all = await readTransactions(chunksOf(distinct.map((xid) => `${xid}\n`).join(''), size), distinct.length);
      const copied = await gather(inPlaces(chunksOf(rows.map(([text, xid]) => `x\t${text}\t${xid}\n`).join(''), size), all));
      expect(copied).toBe(rows.map(([text, xid]) => `x\t${text}\t${distinct.indexOf(xid) + 1}\n`).join(''));
    }),
  );
});

it('a transaction that the backup does not name is told', async () => {
  const all = await readTransactions(chunksOf('7\n9\n', 2), 2);
  await expect(gather(inPlaces(chunksOf('a\t8\n', 9), all))).rejects.toThrow('Transaction 8 is not among those of the backup');
  await expect(readTransactions(chunksOf('7\n', 2), 2)).rejects.toThrow('names 1 transactions');
  await expect(gather(inPlaces(chunksOf('a\t7\nb', 9), all))).rejects.toThrow('cut off');
});
