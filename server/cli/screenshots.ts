import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The script of the README takes its own pictures while it is played. */
async function playScript(dataDir: string): Promise<number> {
  const { origin } = JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as { origin: string };
  const env = { E2E_DATA: dataDir, E2E_ORIGIN: origin, PICTURES: '1' };
  const args = ['test', 'e2e/script.spec.ts', '--reporter=list'];
  return (await tool('node_modules/@playwright/test/cli.js', args, { show: true, env })).code;
}

run(async () => {
  endWithChildren();
  const args = [...(values.docs ? ['--docs'] : []), ...(values.only ? ['--only', values.only] : [])];
  process.exitCode = await withDemo(values.data, async (dataDir) => {
    const { code } = await tool('e2e/screenshots.ts', args, { show: true, env: { E2E_DATA: dataDir } });
    return code === 0 && values.docs ? playScript(dataDir) : code;
  });
});
