import { expect, test } from 'vitest';
import { createGather } from './gather.ts';

/** A read that ends when it is told to. */
function heldReads() {
  const reads: { keys: readonly string[]; answer: (found: Record<string, number>) => void; fail: (error: Error) => void }[] = [];
  const gather = createGather<number>(
    (keys) =>
      new Promise((resolve, reject) => {
        reads.push({ keys, answer: (found) => resolve(new Map(Object.entries(found))), fail: reject });
      }),
  );
  return { gather, reads };
}

test('an idle gather reads at once', async () => {
  const { gather, reads } = heldReads();
  const asked = gather.get('a');
  expect(reads.map(({ keys }) => keys)).toEqual([['a']]);
  reads[0]?.answer({ a: 1 });
  expect(await asked).toBe(1);
});

test('what is asked during a read is answered by the next one, together and each key once', async () => {
  const { gather, reads } = heldReads();
  const first = gather.get('a');
  const later = Promise.all([gather.get('a'), gather.get('b'), gather.get('b'), gather.get('c')]);
  expect(reads).toHaveLength(1);
  reads[0]?.answer({ a: 1 });
  expect(await first).toBe(1);
  await expect.poll(() => reads.length).toBe(2);
  expect(reads[1]?.keys).toEqual(['a', 'b', 'c']);
  reads[1]?.answer({ a: 2, b: 3 });
  expect(await later).toEqual([2, 3, 3, undefined]);
});

test('a read that fails rejects those who asked in it, and the next one is tried', async () => {
  const { gather, reads } = heldReads();
  const first = gather.get('a');
  const second = gather.get('a');
  reads[0]?.fail(new Error('the connection is gone'));
  await expect(first).rejects.toThrow('the connection is gone');
  await expect.poll(() => reads.length).toBe(2);
  reads[1]?.answer({ a: 1 });
  expect(await second).toBe(1);
});
