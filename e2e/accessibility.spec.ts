import type { Page } from '@playwright/test';
import { ROLES } from '../server/kernel/vocabulary.ts';
import { violationsOn } from './fixtures/axe.ts';
import { EXAMPLES, type Example, examplesOf, type Found, findExamples, routesOfApp, settle } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const SCHEMES = ['light', 'dark'] as const;
/** Only in development: a production server answers 404. */
const NOT_IN_PRODUCTION = ['/design'];

/** An administrator has a page for almost everything. */
const ALL_PAGES_MS = 900_000;

let found: Found | undefined;

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
    // A theme changes colours and nothing else: names, roles and order were looked at in the first one.
    const wrong = await violationsOn(page, scheme === SCHEMES[0] ? {} : ['color-contrast']);
    problems.push(...wrong.map((what) => `${where} in ${scheme}: ${what}`));
  }
  for (const { html } of letters) {
    await page.setContent(html);
    // A letter is no page: it has no landmarks.
    const wrong = await violationsOn(page, { 'landmark-one-main': { enabled: false }, region: { enabled: false } });
    problems.push(...wrong.map((what) => `${where}, the mail: ${what}`));
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

test('what axe knows of is found where it is', async ({ visitor }) => {
  const page = await visitor();
  await page.setContent(
    '<html lang="en"><main><h1>Pale</h1><p style="color: #ccc">Nobody can read this.</p><img src="x"></main></html>',
  );
  const found = await violationsOn(page);
  expect(found.filter((what) => /^(color-contrast at p|image-alt at img)\n/.test(what))).toHaveLength(2);
  expect(await violationsOn(page, ['color-contrast'])).toHaveLength(1);
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
