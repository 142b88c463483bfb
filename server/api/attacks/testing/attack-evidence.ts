import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeEvidence } from '../../../testing/evidence.ts';

type Figure = readonly [name: string, value: string | number];

interface Part {
  readonly part: string;
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

/**
 * One page for all attacks, docs/evidence/attacks.md: each test file leaves its figures in the folder of the test run, and the page is
 * written anew from what is there.
 */
export function writeAttackEvidence(part: string, figures: readonly Figure[], notes: readonly string[] = []): void {
  const folder = process.env.WAYBILL_TEST_RUN;
  if (process.env.WAYBILL_DEEP !== '1' || folder === undefined) return;
  writeFileSync(join(folder, `attacks-${part}.json`), JSON.stringify({ part, figures, notes } satisfies Part));
  const parts = readdirSync(folder)
    .filter((name) => /^attacks-.*\.json$/.test(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Part);
  writeEvidence('attacks', {
    title: 'Attacks',
    what: 'What was sent to a running API to break it, and what came of it: `npm run test:deep`; the tests are in `server/api/attacks/` and `server/api/public/fuzz.test.ts`.',
    figures: parts.flatMap((each) => each.figures),
    notes: parts.flatMap((each) => each.notes),
  });
}
