import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listEvidence, parseEvidence, readEvidence } from './evidence.ts';

const PAGE = `# The whole history

Imported and killed
at random.

Commit 1a2b3c4 + changes, 2026-11-28, 2 cores (AMD EPYC), 8 GiB, Node 24.21.0, PostgreSQL 18.4.0.

| figure | value |
|---|---|
| lines | 370,931 |
| orders | 14,332 |
| rejects | 936 |
| guests’ lines | 98,056 |

## How

- with a note
  over two lines
- and another

\`\`\`sql
SELECT 1

FROM orders
\`\`\`
`;

it('reads a page into what it says, with the commit and the day it was seen', () => {
  expect(parseEvidence('history', PAGE)).toEqual({
    name: 'history',
    title: 'The whole history',
    commit: '1a2b3c4 + changes',
    seenOn: '2026-11-28',
    figures: ['lines 370,931', 'orders 14,332', 'rejects 936'],
    blocks: [
      { kind: 'text', text: 'Imported and killed at random.' },
      { kind: 'text', text: expect.stringMatching(/^Commit 1a2b3c4/) },
      {
        kind: 'table',
        head: ['figure', 'value'],
        rows: [
          ['lines', '370,931'],
          ['orders', '14,332'],
          ['rejects', '936'],
          ['guests’ lines', '98,056'],
        ],
      },
      { kind: 'heading', text: 'How' },
      { kind: 'list', items: ['with a note over two lines', 'and another'] },
      { kind: 'code', text: 'SELECT 1\n\nFROM orders' },
    ],
  });
});

it('sums up a wider table by its first columns, and says nothing that a page does not say', () => {
  const wide = parseEvidence(
    'marks',
    '# Marks\n\n| page | speed | names | rest |\n|---|---|---|---|\n| `/shop` | 99 | 100 | 7 |\n',
  );
  expect(wide).toMatchObject({ commit: null, seenOn: null, figures: ['`/shop`: speed 99, names 100'] });
  expect(parseEvidence('bare', '# Bare\n')).toMatchObject({ title: 'Bare', figures: [], blocks: [] });
});

it('lists the pages of a folder without their index, and reads no other file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-evidence-'));
  try {
    writeFileSync(join(folder, 'b.md'), '# Beta\n');
    writeFileSync(join(folder, 'a.md'), '# Alpha\n');
    writeFileSync(join(folder, 'index.md'), '# Evidence\n');
    expect((await listEvidence(folder)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await readEvidence('a', folder)).toMatchObject({ title: 'Alpha' });
    for (const name of ['index', 'c', '../../README'])
      await expect(readEvidence(name, folder)).rejects.toMatchObject({ code: 'not_found' });
    expect(await listEvidence(join(folder, 'none'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
