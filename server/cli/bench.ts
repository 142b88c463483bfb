import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from '../../bench/harness/bench.ts';
import { benchPage, type Measured } from '../../bench/harness/page.ts';
import { keepEvidence, readEvidence } from '../testing/evidence.ts';
import { endWithChildren } from './processes.ts';
import { ROOT } from './project.ts';
import { Refusal, run } from './run.ts';

const USAGE = 'npm run bench -- <name>…|all [--seconds N] [--json] [--write]';
const NAMES = ['checkout', 'flash-sale', 'channel-sync', 'ledger', 'worker', 'orders-list', 'soak'] as const;
const USUAL_SECONDS = 10;
const MOST_SECONDS = 3_600;

/** `npm run bench -- <name>`: measures one thing beside its baselines, on a database and processes of its own. `all` and `--write` keep the page. */
run(async () => {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      data: { type: 'string' },
    },
    allowPositionals: true,
  });
  const all = positionals.includes('all');
  const names = NAMES.filter((known) => all || positionals.includes(known));
  if (names.length === 0 || (!all && names.length < positionals.length))
    throw new Refusal(`Name a bench, one of ${NAMES.join(', ')}, or all: ${USAGE}`);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS))
    throw new Refusal(`Give --seconds a whole number from 1 to ${MOST_SECONDS}.`);
  endWithChildren();
  const measured: Measured[] = [];
  for (const each of names) {
    const { bench } = (await import(join(ROOT, 'bench', `${each}.ts`))) as { bench: Bench };
    const result = await bench.run({ seconds: seconds ?? bench.seconds ?? USUAL_SECONDS, say: (line) => console.error(line) });
    measured.push({ bench, result });
    const { sql: _printed, ...figures } = result;
    if (values.json) console.log(JSON.stringify({ name: bench.name, unit: bench.unit, ...figures }));
    else console.log(bench.name, figures);
    if (result.oracle !== 'ok') process.exitCode = 1;
  }
  if (all || values.write) keepEvidence('bench', benchPage(measured, readEvidence('bench')));
});
