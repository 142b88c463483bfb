import { describe, expect, it } from 'vitest';
import { ROOT } from './project.ts';
import { judgeSizes, judgeWords, readSources } from './sources.ts';

const source = (text: string, path = 'server/a.ts') => [{ path, text }];

describe('the sources', () => {
  it('are found in every folder, without what tools make', () => {
    const paths = readSources(ROOT).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'server/cli/sources.ts']));
    expect(paths.filter((path) => path.includes('node_modules') || path === 'package-lock.json')).toEqual([]);
  });

  it('are refused past 400 lines and counted past 250', () => {
    const lines = (count: number) => 'x\n'.repeat(count);
    expect(judgeSizes(source(lines(401))).tooLong).toHaveLength(1);
    expect(judgeSizes(source(lines(400)))).toEqual({ tooLong: [], long: 1 });
    expect(judgeSizes(source(lines(250)))).toEqual({ tooLong: [], long: 0 });
    expect(judgeSizes(source(lines(500), 'docs/guide.md')).tooLong).toEqual([]);
  });

  it.each(['// TO' + 'DO later', 'This is not ' + 'implemented.', '<p>Coming ' + 'soon</p>'])('are refused with "%s"', (line) => {
    expect(judgeWords(source(`first\n${line}`))).toEqual([expect.stringMatching(/^server\/a\.ts:2: /)]);
  });

  it.each(["join('/wo" + "rk/main')", 'DATA=/ro' + 'ot/data', 'See /ho' + 'me/ana/notes'])(
    'are refused with somebody’s folder: %s',
    (line) => {
      expect(judgeWords(source(line))).toHaveLength(1);
    },
  );

  it('may import from a folder of that name', () => {
    expect(judgeWords(source("import { HomePage } from '../../components/home/home-page.tsx';"))).toEqual([]);
  });
});
