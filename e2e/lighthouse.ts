import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';
import lighthouse, { desktopConfig } from 'lighthouse';
import { anyPort } from '../server/cli/ports.ts';
import { keepEvidence, provenance } from '../server/testing/evidence.ts';
import { browserOptions } from './fixtures/browser.ts';
import { examplesOf, findExamples } from './fixtures/pages.ts';
import { demoUser, signIn } from './fixtures/sign-in.ts';
import { stack } from './fixtures/stack.ts';

/** The pages that people wait for, and the marks they must reach (0 to 100; kB of JavaScript as it travels, gzip). */
const ROUTES = ['/shop', '/pay/[token]', '/track/[token]', '/orders', '/orders/[number]'];
const MARKS = { accessibility: 100, 'best-practices': 95, performance: 85 } as const;
const MOST_SCRIPT_KB = 350;
/** A shared machine stumbles: the median of so many runs counts. */
const RUNS = 3;

type Category = keyof typeof MARKS;
interface Result {
  readonly route: string;
  readonly scores: Readonly<Record<Category, number>>;
  readonly scriptKb: number;
  readonly failing: readonly string[];
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** The scripts of a first visit, with nothing in the cache, as they would travel. */
async function scriptKb(browser: Browser, url: string, session: Session): Promise<number> {
  const context = await browser.newContext({ storageState: session });
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  });
  await page.goto(url, { waitUntil: 'networkidle' }).catch(() => page.waitForLoadState('load'));
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await context.close();
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

/** `port` is the debugging port of a browser whose own session is `session`: Lighthouse opens its pages there. */
async function measure(browser: Browser, port: number, route: string, path: string, session: Session): Promise<Result> {
  const url = new URL(path, stack().origin).href;
  const runs: { scores: Record<Category, number>; failing: string[] }[] = [];
  for (let i = 0; i < RUNS; i++) {
    const result = await lighthouse(
      url,
      {
        port,
        logLevel: 'error',
        onlyCategories: Object.keys(MARKS),
        disableStorageReset: true,
      },
      desktopConfig,
    );
    if (!result || result.lhr.runtimeError) throw new Error(`${url}: ${result?.lhr.runtimeError?.message ?? 'no result'}`);
    const { categories, audits } = result.lhr;
    const score = (category: Category): number => Math.round((categories[category]?.score ?? 0) * 100);
    const failing = (['accessibility', 'best-practices'] as const).flatMap((category) =>
      (categories[category]?.auditRefs ?? [])
        .filter(({ id, weight }) => weight > 0 && audits[id]?.score !== null && (audits[id]?.score ?? 1) < 1)
        .map(({ id }) => id),
    );
    runs.push({
      scores: {
        accessibility: score('accessibility'),
        'best-practices': score('best-practices'),
        performance: score('performance'),
      },
      failing,
    });
  }
  const middle = (category: Category): number => median(runs.map((one) => one.scores[category]));
  return {
    route,
    scores: {
      accessibility: middle('accessibility'),
      'best-practices': middle('best-practices'),
      performance: middle('performance'),
    },
    scriptKb: await scriptKb(browser, url, session),
    failing: [...new Set(runs.flatMap((one) => one.failing))],
  };
}

const missed = ({ scores, scriptKb: kb }: Result): boolean =>
  kb > MOST_SCRIPT_KB || (Object.keys(MARKS) as Category[]).some((category) => scores[category] < MARKS[category]);

function report(results: readonly Result[]): string {
  const rows = results.map(
    ({ route, scores, scriptKb: kb }) =>
      `| \`${route}\` | ${scores.performance} | ${scores.accessibility} | ${scores['best-practices']} | ${kb.toFixed(0)} kB |`,
  );
  return [
    '| page | performance | accessibility | best practices | first-load JavaScript, gzip |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function keep(results: readonly Result[]): void {
  const text = `# Lighthouse

Desktop settings, a real Chromium against the whole stack on the same machine, the median of ${RUNS} runs; written by \`npm run lighthouse -- --write\`.
Marks: performance ${MARKS.performance}, accessibility ${MARKS.accessibility}, best practices ${MARKS['best-practices']}, ${MOST_SCRIPT_KB} kB.

${provenance()}

${report(results)}
`;
  keepEvidence('lighthouse', text);
}

const port = await anyPort();
const options = await browserOptions();
const browser = await chromium.launch(options);
const profile = mkdtempSync(join(tmpdir(), 'waybill-lighthouse-'));
const args = [...options.args, `--remote-debugging-port=${port}`];
const visitor = await chromium.launchPersistentContext(profile, { ...options, args });
try {
  const pages = new Map<string, Page>();
  const open = async (role: string): Promise<Page> => {
    const known = pages.get(role);
    if (known) return known;
    const context = await browser.newContext({ baseURL: stack().origin });
    const page = await context.newPage();
    if (role !== 'nobody') {
      const { email, password } = demoUser(role as Parameters<typeof demoUser>[0]);
      await signIn(page, email, password);
    }
    pages.set(role, page);
    return page;
  };
  const examples = examplesOf(await findExamples(open));
  const results: Result[] = [];
  for (const route of ROUTES) {
    const example = examples.find((one) => one.route === route);
    if (!example) throw new Error(`There is no example of ${route} in e2e/fixtures/pages.ts`);
    const session = await (await open(example.role)).context().storageState();
    await visitor.clearCookies();
    await visitor.addCookies(session.cookies);
    const result = await measure(browser, port, route, example.path, session);
    results.push(result);
    console.log(JSON.stringify(result));
  }
  console.log(`\n${report(results)}`);
  if (process.argv.includes('--write')) keep(results);
  if (results.some(missed)) process.exitCode = 1;
} finally {
  await visitor.close();
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
