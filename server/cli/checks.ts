import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introspect } from '../../prisma/introspect.ts';
import { judgeVersions, type Lockfile } from './pinned-minimums.ts';
import { tool } from './processes.ts';
import { ROOT } from './project.ts';
import { withScratchDatabase } from './scratch-database.ts';
import { judgeSizes, judgeWords, readSources } from './sources.ts';
import { checkWalls, wallRules } from './walls.ts';

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen if it passed, what is wrong if not. */
  readonly detail: string;
  readonly tookMs: number;
}

type Check = () => Promise<{ passed: boolean; detail: string }>;

const byTool = async (script: string, args: readonly string[]) => {
  const { code, output } = await tool(script, args);
  return { passed: code === 0, detail: code === 0 ? '' : output.trim() };
};

const NEXT_TYPES = '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n';

/** npm leaves out of the lockfile what was not there for the machine that wrote it, and then refuses to install anywhere else. */
async function lockfile(): Promise<{ passed: boolean; detail: string }> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  return { passed: missing.length === 0, detail: missing.map((name) => `${name} is not in package-lock.json`).join('\n') };
}

/** What holds the doors is of a version without known holes. */
async function minimums(): Promise<{ passed: boolean; detail: string }> {
  const found = judgeVersions(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile);
  return { passed: found.length === 0, detail: found.join('\n') };
}

const CHECKS: Readonly<Record<string, Check>> = {
  lockfile,
  minimums,
  types: () => {
    // The types of CSS modules. A build replaces this file by one that names that build, which may be gone or old.
    writeFileSync(join(ROOT, 'next-env.d.ts'), NEXT_TYPES);
    return byTool('node_modules/typescript-native/bin/tsc', ['-p', 'tsconfig.check.json', '--noEmit', '--pretty', 'false']);
  },
  biome: () => byTool('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--colors=off', '.']),
  walls: async () => {
    const { modules, breaches } = await checkWalls(ROOT, wallRules(ROOT));
    const told = breaches.map(({ rule, from, to }) => `${rule}: ${from} → ${to}`).join('\n');
    return { passed: breaches.length === 0, detail: told || `${modules} modules` };
  },
  size: async () => {
    const { tooLong, long } = judgeSizes(readSources(ROOT));
    return { passed: tooLong.length === 0, detail: tooLong.join('\n') || `${long} files past the soft limit` };
  },
  words: async () => {
    const found = judgeWords(readSources(ROOT));
    return { passed: found.length === 0, detail: found.join('\n') };
  },
  'dead code': () => byTool('node_modules/knip/bin/knip.js', ['--no-progress']),
  'schema drift': async () => {
    const wanted = await withScratchDatabase(({ ownerUrl }) => introspect(ownerUrl));
    const found = readFileSync(join(ROOT, 'prisma', 'schema.prisma'), 'utf8');
    return {
      passed: wanted === found,
      detail: wanted === found ? '' : `${firstDifference(found, wanted)}\nRun npm run db:pull.`,
    };
  },
};

function firstDifference(found: string, wanted: string): string {
  const [ours, theirs] = [found.split('\n'), wanted.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const line = at < 0 ? ours.length : at;
  return `prisma/schema.prisma line ${line + 1} says "${ours[line] ?? ''}", the migrations make "${theirs[line] ?? ''}".`;
}

/** Runs every check, two at a time, printing each as it ends. */
export async function runChecks(): Promise<CheckResult[]> {
  const waiting = Object.entries(CHECKS);
  const results: CheckResult[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, check] = next;
      const startedAt = performance.now();
      const { passed, detail } = await check().catch((error: unknown) => ({ passed: false, detail: String(error) }));
      const result = { name, passed, detail, tookMs: performance.now() - startedAt };
      results.push(result);
      const mark = passed ? '✓' : '✗';
      console.log(`${mark} ${name} (${(result.tookMs / 1000).toFixed(1)} s)${passed && detail ? `: ${detail}` : ''}`);
      if (!passed) console.log(detail.replace(/^/gm, '    '));
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
