import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPage, summaries } from '../views/evidence.ts';
import { ROOT } from './project.ts';

const FOLDER = join(ROOT, 'docs/evidence');

/** docs/evidence/index.md, made from the pages beside it: what was seen, at which commit, and the first figures. */
export function evidenceIndex(folder: string = FOLDER): string {
  const files = readdirSync(folder).filter(isPage);
  const rows = summaries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])).map(
    ({ name, title, commit, seenOn, figures }) =>
      `| [${title}](${name}.md) | ${commit ?? '—'} | ${seenOn ?? '—'} | ${figures.join(' · ') || '—'} |`,
  );
  return `${[
    '# Evidence',
    '',
    'What this version was seen to do, and how fast, when it was tried in full: deep tests (`npm run test:deep`) and measurements write these',
    'pages with the tested commit, the machine and the versions. The console shows them under Operations, Integrity, Evidence. This index is',
    'made from the pages by `npm run docs`; a test compares the two. What is promised, and which test proves it, stands in',
    '[what a reader may rely on](../consistency.md).',
    '',
    '| page | commit | seen | first figures |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}
