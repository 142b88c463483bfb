import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evidenceIndex } from './evidence-index.ts';
import { ROOT } from './project.ts';

it('docs/evidence/index.md is what the pages of evidence say', () => {
  const page = readFileSync(join(ROOT, 'docs/evidence/index.md'), 'utf8');
  expect(page, 'Run npm run docs.').toBe(evidenceIndex());
});
