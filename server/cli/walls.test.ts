import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './project.ts';
import { checkWalls, wallRules } from './walls.ts';

/** A small house in which every import is allowed. */
const CLEAN: Readonly<Record<string, string>> = {
  'server/kernel/words.ts': `import { z } from 'zod';\nexport const word = z.string();`,
  'server/platform/rows.ts': `import { word } from '../kernel/words.ts';\nexport const row = word;`,
  'server/platform/db.ts': `import pg from 'pg';\nexport type Tx = pg.PoolClient;\nexport const open = () => new pg.Pool();`,
  'server/domains/orders/schema.ts': `import { word } from '../../kernel/words.ts';\nexport const input = word;`,
  'server/domains/orders/rules.ts': `import { input } from './schema.ts';\nexport const may = () => input;`,
  'server/domains/orders/store.ts': `import type { Tx } from '../../platform/db.ts';\nexport const load = (tx: Tx) => tx;`,
  'server/domains/orders/service.ts': `import { may } from './rules.ts';\nimport { load } from './store.ts';\nexport const lock = [may, load];`,
  'server/domains/ledger/rules.ts': `export const plan = () => 1;`,
  'server/domains/ledger/service.ts': `import { plan } from './rules.ts';\nexport const write = plan;`,
  'server/flows/place-order.ts': `import { open } from '../platform/db.ts';\nimport { lock } from '../domains/orders/service.ts';\nimport { write } from '../domains/ledger/service.ts';\nexport const placeOrder = [open, lock, write];`,
  'server/views/orders.ts': `import { may } from '../domains/orders/rules.ts';\nimport { open } from '../platform/db.ts';\nexport const list = [may, open];`,
  'server/api/orders.ts': `import { input } from '../domains/orders/schema.ts';\nimport { placeOrder } from '../flows/place-order.ts';\nimport { list } from '../views/orders.ts';\nexport type Router = typeof placeOrder;\nexport const orders = [input, placeOrder, list];`,
  'jobs/tasks/advance.ts': `import { placeOrder } from '../../server/flows/place-order.ts';\nexport const task = placeOrder;`,
  'components/ui/money.tsx': `import { word } from '../../server/kernel/words.ts';\nexport const Money = () => <b>{String(word)}</b>;`,
  'components/orders/list.tsx': `import type { Router } from '../../server/api/orders.ts';\nimport { may } from '../../server/domains/orders/rules.ts';\nimport { Money } from '../ui/money.tsx';\nexport const List = (props: { router: Router }) => <Money key={String([props, may])} />;`,
  'app/page.tsx': `import { List } from '../components/orders/list.tsx';\nexport const Page = List;`,
  'app/api/auth/route.ts': `import { orders } from '../../../server/api/orders.ts';\nexport const GET = orders;`,
};

/** For every rule of the house one file more that breaks it. */
const BREACHES: Readonly<Record<string, readonly [path: string, text: string][]>> = {
  'no cycles': [
    ['server/platform/a.ts', `import { b } from './b.ts';\nexport const a = () => b;`],
    ['server/platform/b.ts', `import { a } from './a.ts';\nexport const b = () => a;`],
  ],
  'kernel is pure': [['server/kernel/clock.ts', `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;`]],
  'platform knows no domain': [
    ['server/platform/cheat.ts', `import { plan } from '../domains/ledger/rules.ts';\nexport const x = plan;`],
  ],
  'domains are strangers': [
    ['server/domains/orders/provider.ts', `import { plan } from '../ledger/rules.ts';\nexport const x = plan;`],
  ],
  'domains look down': [
    [
      'server/domains/ledger/provider.ts',
      `import { placeOrder } from '../../flows/place-order.ts';\nexport const x = placeOrder;`,
    ],
  ],
  'domains are handed their tx': [
    ['server/domains/ledger/store.ts', `import { open } from '../../platform/db.ts';\nexport const x = open;`],
  ],
  'rules and schema are pure': [
    ['server/domains/ledger/schema.ts', `import { write } from './service.ts';\nexport const x = write;`],
  ],
  'store is private': [['server/flows/peek.ts', `import { load } from '../domains/orders/store.ts';\nexport const x = load;`]],
  'flows look down': [['server/flows/read.ts', `import { list } from '../views/orders.ts';\nexport const x = list;`]],
  'views only read': [['server/views/write.ts', `import { lock } from '../domains/orders/service.ts';\nexport const x = lock;`]],
  'api decides nothing': [
    ['server/api/decide.ts', `import { lock } from '../domains/orders/service.ts';\nexport const x = lock;`],
  ],
  'jobs enter by flows': [
    ['jobs/tasks/cheat.ts', `import { lock } from '../../server/domains/orders/service.ts';\nexport const x = lock;`],
  ],
  'the ui kit knows nothing': [
    ['components/ui/cheat.tsx', `import { may } from '../../server/domains/orders/rules.ts';\nexport const x = may;`],
  ],
  'the browser sees only kernel, schema, rules and types': [
    ['components/orders/cheat.tsx', `import { list } from '../../server/views/orders.ts';\nexport const x = list;`],
  ],
  'app enters by api': [
    ['app/api/auth/cheat.ts', `import { placeOrder } from '../../../server/flows/place-order.ts';\nexport const x = placeOrder;`],
  ],
};

let tree: string;

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${text}\n`);
}

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'waybill-walls-'));
  for (const name of ['tsconfig.json', 'package.json']) cpSync(join(ROOT, name), join(tree, name));
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  for (const [path, text] of Object.entries(CLEAN)) plant(path, text);
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

describe('the walls of the house', () => {
  const config = wallRules(ROOT);

  it('let a clean house pass, having seen all of it', async () => {
    const report = await checkWalls(tree, config);
    expect(report.breaches).toEqual([]);
    expect(report.modules).toBeGreaterThanOrEqual(Object.keys(CLEAN).length);
  });

  it('have a planted breach for every rule', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(config.forbidden.map((rule) => rule.name ?? '').sort());
  });

  it.each(Object.entries(BREACHES))('%s: a breach is told by that name', async (rule, files) => {
    for (const [path, text] of files) plant(path, text);
    const { breaches } = await checkWalls(tree, config);
    expect(breaches.map((breach) => breach.rule)).toContain(rule);
    for (const breach of breaches) expect(files.map(([path]) => path)).toContain(breach.from);
  });

  it('are not taken for checked where no module is seen', async () => {
    for (const folder of ['app', 'components', 'server', 'jobs']) rmSync(join(tree, folder), { recursive: true });
    mkdirSync(join(tree, 'server'));
    plant('docs/example.ts', 'export const x = 1;');
    await expect(checkWalls(tree, config)).rejects.toThrow(/no module was seen/);
  });
});
