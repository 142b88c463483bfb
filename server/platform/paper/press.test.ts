import { afterAll, describe, expect, test } from 'vitest';
import { readPdf } from '../testing/read-pdf.ts';
import type { Paper } from './paper.ts';
import { createPress } from './press.ts';

const press = createPress();
afterAll(() => press.close());

function paper(rows: number, lines: readonly string[] = ['Carla Rossi']): Paper {
  return {
    title: 'Packing slip EU-S10001',
    author: 'Acme',
    language: 'en',
    at: new Date('2026-11-27T10:00:00Z'),
    foot: 'Acme · EU-10001',
    blocks: [
      { kind: 'head', title: 'Packing slip EU-S10001', lines: ['Order EU-10001'], barcode: 'EU-S10001' },
      { kind: 'columns', columns: [{ label: 'Ship to', lines }] },
      {
        kind: 'table',
        columns: [
          { header: 'SKU', share: 2 },
          { header: 'Units', share: 1, right: true },
        ],
        rows: Array.from({ length: rows }, (_, index) => [`SKU-${index}`, String(index)]),
      },
      { kind: 'sums', rows: [{ label: 'Total', value: '−€1,234.50', strong: true }] },
    ],
  };
}

describe('the press', () => {
  test('prints every row, repeats the header, and numbers the pages', async () => {
    const { pages, title } = await readPdf(await press.print(paper(120)));
    expect(title).toBe('Packing slip EU-S10001');
    expect(pages.length).toBeGreaterThan(2);
    const rows = pages.flat().filter((line) => line.startsWith('SKU-'));
    expect(rows).toEqual(Array.from({ length: 120 }, (_, index) => `SKU-${index} | ${index}`));
    pages.forEach((lines, index) => {
      expect(lines.at(-1)).toBe(`Acme · EU-10001 | ${index + 1} / ${pages.length}`);
      if (lines.some((line) => line.startsWith('SKU-'))) expect(lines).toContain('SKU | Units');
    });
    expect(pages.at(-1)).toContain('Total | −€1,234.50');
  });

  test('writes names in the scripts of Europe and in Japanese', async () => {
    const names = ['Zoë Müller-Ångström', 'Łukasz Żółć', 'Ελένη Παπαδοπούλου', 'Наталия Щербакова', '山田太郎', 'Nguyễn Thị Ánh'];
    const { pages } = await readPdf(await press.print(paper(1, names)));
    const text = pages.flat().join('\n').replaceAll(' | ', '');
    for (const name of names) expect(text.replaceAll(' ', '')).toContain(name.replaceAll(' ', ''));
  });

  test('breaks what is longer than its column instead of drawing over its neighbour', async () => {
    const long = 'a'.repeat(300);
    const { pages } = await readPdf(await press.print({ ...paper(1), blocks: [{ kind: 'note', text: long }] }));
    const lines = pages.flat().filter((line) => /^a+$/.test(line));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('')).toBe(long);
  });

  test('sets pages in a thread of its own: this one goes on turning', async () => {
    let printing = true;
    let turns = 0;
    const turn = () => {
      turns++;
      if (printing) setImmediate(turn);
    };
    setImmediate(turn);
    await press.print(paper(400));
    printing = false;
    // In this thread the page would be one piece of work, between two turns.
    expect(turns).toBeGreaterThan(100);
  });

  test('refuses a paper that takes too long, and prints the next one', async () => {
    const hurried = createPress(1);
    await expect(hurried.print(paper(2_000))).rejects.toMatchObject({ code: 'overloaded' });
    await hurried.close();
    const again = createPress();
    await again.print(paper(1));
    await again.close();
  });

  test('says why a paper could not be set', async () => {
    const broken = { ...paper(1), blocks: [{ kind: 'head', title: 'x', lines: [], barcode: 'ü' }] } as Paper;
    await expect(press.print(broken)).rejects.toThrow(/ASCII/);
    expect((await readPdf(await press.print(paper(1)))).pages).toHaveLength(1);
  });

  test('refuses when too many wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => press.print(paper(1))));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'overloaded' });
  });
});
