import { parseArgs } from 'node:util';
import { withDemo } from './own-stack.ts';
import { endWithChildren, tool } from './processes.ts';
import { run } from './run.ts';

/**
 * `npm run lighthouse [-- --data DIR] [-- --write]`: the pages that people wait for, measured by Lighthouse in a real Chromium, and the JavaScript
 * of their first load. Ends with exit code 1 where a page is below its mark. `--write` keeps the figures in docs/evidence/lighthouse.md.
 */
const { values } = parseArgs({ options: { data: { type: 'string' }, write: { type: 'boolean', default: false } } });

run(async () => {
  endWithChildren();
  process.exitCode = await withDemo(values.data, async (dataDir) => {
    const { code } = await tool('e2e/lighthouse.ts', values.write ? ['--write'] : [], { show: true, env: { E2E_DATA: dataDir } });
    return code;
  });
});
