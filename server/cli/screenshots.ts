import { parseArgs } from 'node:util';
import { withDemo } from './own-stack.ts';
import { endWithChildren, tool } from './processes.ts';
import { run } from './run.ts';

/**
 * `npm run screenshots [-- --only TEXT | --docs] [--data DIR]`: every page, light and dark, wide and as narrow as a phone. Takes a stack
 * that runs from DIR, else starts a demo for it. `e2e/screenshots.ts` does the looking.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, docs: { type: 'boolean', default: false }, data: { type: 'string' } },
});

run(async () => {
  endWithChildren();
  const args = [...(values.docs ? ['--docs'] : []), ...(values.only ? ['--only', values.only] : [])];
  process.exitCode = await withDemo(values.data, async (dataDir) => {
    const { code } = await tool('e2e/screenshots.ts', args, { show: true, env: { E2E_DATA: dataDir } });
    return code;
  });
});
