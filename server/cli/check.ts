import { runChecks } from './checks.ts';
import { endWithChildren } from './processes.ts';
import { run } from './run.ts';

/** `npm run check`: the lockfile and the least versions in it, types, Biome, the walls of the house, dead code, schema drift. */
run(async () => {
  endWithChildren();
  const results = await runChecks();
  if (results.some(({ passed }) => !passed)) process.exitCode = 1;
});
