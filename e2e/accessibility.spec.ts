import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Example, examplesOf, findExamples, settle } from './fixtures/pages.ts';
import { expect, test } from './fixtures/test.ts';

const SCHEMES = ['light', 'dark'] as const;

async function violationsAt(page: Page, example: Example, scheme: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${scheme} ${example.role} ${example.path}: ${id} at ${node.target.join(' ')}\n  ${node.failureSummary}`),
  );
}

test('every page has a name, one main heading and not one violation that axe knows of, in light and in dark', async ({
  as,
  visitor,
}) => {
  test.setTimeout(240_000);
  const examples = examplesOf(await findExamples(as));
  const found: string[] = [];
  for (const role of new Set(examples.map((example) => example.role))) {
    const page = await (role === 'nobody' ? visitor() : as(role));
    for (const example of examples.filter((each) => each.role === role)) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(example.path);
      await settle(page);
      if (!(await page.title()).includes('Waybill')) found.push(`${example.path}: title is "${await page.title()}"`);
      const headings = await page.getByRole('heading', { level: 1 }).count();
      const dialogs = await page.getByRole('dialog').count();
      if (headings !== 1 && dialogs === 0) found.push(`${example.role} ${example.path}: ${headings} main headings`);
      for (const scheme of SCHEMES) {
        await page.emulateMedia({ colorScheme: scheme });
        found.push(...(await violationsAt(page, example, scheme)));
      }
    }
  }
  expect(found.join('\n')).toBe('');
});
