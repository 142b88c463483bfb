import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancellationPage } from './cancellation-page.ts';
import { evidenceIndex } from './evidence-index.ts';
import { orderStatesPage } from './order-states.ts';
import { ROOT } from './project.ts';
import { run } from './run.ts';

/** `npm run docs`: writes the pages of docs/ that are made from the code. */
run(async () => {
  writeFileSync(join(ROOT, 'docs', 'order-states.md'), orderStatesPage());
  writeFileSync(join(ROOT, 'docs', 'cancellation.md'), cancellationPage());
  writeFileSync(join(ROOT, 'docs', 'evidence', 'index.md'), evidenceIndex());
  console.log('docs/order-states.md\ndocs/cancellation.md\ndocs/evidence/index.md');
});
