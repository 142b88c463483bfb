import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { ROLES } from '../server/kernel/vocabulary.ts';
import { EXAMPLES, type Example, examplesOf, type Found, findExamples, routesOfApp, settle } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const SCHEMES = ['light', 'dark'] as const;
/** Only in development: a production server answers 404. */
const NOT_IN_PRODUCTION = ['/design'];

/** An administrator has a page for almost everything. */
const ALL_PAGES_MS = 900_000;

let found: Found | undefined;

/**
 * Only what is wrong is described, not the hundreds of things that are right. A page has no frames of others, for which axe would open
 * another page to gather what it found in each.
 */
function axeOn(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true);
}

async function problemsOf(page: Page, example: Example): Promise<string[]> {
  const where = `${example.role} ${example.path}`;
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(example.path);
  await settle(page);
  const problems: string[] = [];
  if (!(await page.title()).includes('Waybill')) problems.push(`${where}: its title is "${await page.title()}"`);
  const headings = await page.getByRole('heading', { level: 1, includeHidden: true }).count();
  if (headings !== 1) problems.push(`${where}: ${headings} main headings`);
  const letters = await takeLettersOut(page);
  if (letters.some(({ title }) => title === '')) problems.push(`${where}: a frame has no title`);
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const axe = axeOn(page);
    // A theme changes colours and nothing else: names, roles and order were looked at in the first one.
    const { violations } = await (scheme === SCHEMES[0] ? axe : axe.withRules(['color-contrast'])).analyze();
    for (const { id, nodes } of violations)
      problems.push(...nodes.map((node) => `${where} in ${scheme}: ${id} at ${node.target.join(' ')}\n  ${node.failureSummary}`));
  }
  for (const { html } of letters) {
    await page.setContent(html);
    // A letter is no page: it has no landmarks.
    const { violations } = await axeOn(page).disableRules(['landmark-one-main', 'region']).analyze();
    for (const { id, nodes } of violations)
      problems.push(...nodes.map((node) => `${where}, the mail: ${id} at ${node.target.join(' ')}\n  ${node.failureSummary}`));
  }
  return problems;
}

/**
 * A mail is shown in a frame in which no script may run, and so axe may not: it would wait for an answer for ever. The letters are taken
 * out and looked at on a page of their own.
 */
function takeLettersOut(page: Page): Promise<{ title: string; html: string }[]> {
  return page.locator('iframe[srcdoc]').evaluateAll((frames) =>
    (frames as HTMLIFrameElement[]).map((frame) => {
      const letter = { title: frame.title, html: frame.srcdoc };
      frame.remove();
      return letter;
    }),
  );
}

test('every page of the application is looked at', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(routesOfApp().filter((route) => !NOT_IN_PRODUCTION.includes(route)));
});

for (const role of [...ROLES, 'nobody'] as const) {
  test(`what ${role} sees has a name, one main heading and not one violation that axe knows of, light and dark`, async ({
    as,
    visitor,
  }) => {
    test.setTimeout(ALL_PAGES_MS);
    found ??= await findExamples(as);
    const page = await (role === 'nobody' ? visitor() : as(role));
    const problems: string[] = [];
    for (const example of examplesOf(found).filter((each) => each.role === role)) {
      problems.push(...(await test.step(example.path, () => problemsOf(page, example))));
    }
    expect(problems.join('\n')).toBe('');
  });
}
