import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from '../../bench/harness/bench.ts';
import { endWithChildren } from './processes.ts';
import { ROOT } from './project.ts';
import { Refusal, run } from './run.ts';

const USAGE = 'npm run bench -- <name> [--seconds N] [--json]';
const NAMES = ['checkout', 'worker', 'orders-list', 'soak'] as const;

/** `npm run bench -- <name>`: measures one thing beside its baselines, on a database and processes of its own. */
run(async () => {
  const { values, positionals } = parseArgs({
    options: { seconds: { type: 'string' }, json: { type: 'boolean', default: false }, data: { type: 'string' } },
    allowPositionals: true,
  });
  const [name = ''] = positionals;
  const file = join(ROOT, 'bench', `${name}.ts`);
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) throw new Refusal(`Name a bench, one of ${NAMES.join(', ')}: ${USAGE}`);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 3_600))
    throw new Refusal('Give --seconds a whole number from 1 to 3600.');
  endWithChildren();
  const { bench } = (await import(file)) as { bench: Bench };
  const result = await bench.run({ seconds: seconds ?? 10, say: (line) => console.error(line) });
  if (values.json) console.log(JSON.stringify({ name: bench.name, unit: bench.unit, ...result }));
  else console.log(result);
  if (result.oracle !== 'ok') process.exitCode = 1;
});
