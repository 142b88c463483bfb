import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/test.ts';

/** What is over: two files of today would differ by what other journeys post between them. */
const TO = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const PAGE = `/ledger/export?from=2020-01-01&to=${TO}`;

/** The file as a spreadsheet would read it: no cell of the demo's books has a comma in it. */
async function downloaded(page: Page): Promise<string[][]> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download CSV' }).click()]);
  expect(download.suggestedFilename()).toMatch(new RegExp(`^general-ledger-(journal|summary)-2020-01-01-${TO}\\.csv$`));
  const text = readFileSync(await download.path(), 'utf8');
  return text
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
}

const sum = (rows: readonly (readonly string[])[], column: number): number =>
  Math.round(rows.slice(1).reduce((total, row) => total + 100 * Number(row[column]), 0));

test('finance gives an account its number, and takes the books of a period away as a file', async ({ as }) => {
  const page = await as('finance');
  await page.goto(PAGE);
  const accounts = page.getByRole('region', { name: 'Accounts in the books' });
  await expect(accounts.getByRole('row').filter({ hasText: 'Provider clearing' })).toContainText('1100');
  const number = `61.${Date.now() % 100_000}`;
  await accounts.getByRole('button', { name: 'Change account of Provider fees' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change account of Provider fees' });
  const verb = dialog.getByRole('button', { name: /^Use / });
  await dialog.getByRole('textbox', { name: 'Number' }).fill('=1+1');
  await expect(verb).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('textbox', { name: 'Number' }).fill(number);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Card fees');
  await dialog.getByRole('button', { name: `Use ${number}` }).click();
  await expect(dialog).toBeHidden();
  await expect(accounts.getByRole('row').filter({ hasText: 'Provider fees' })).toContainText(`${number}Card feesFor everybody`);

  const journal = await downloaded(page);
  expect(journal[0]).toEqual([
    'date',
    'journal',
    'account',
    'name',
    'debit',
    'credit',
    'currency',
    'reference',
    'order',
    'memo',
    'transfer',
  ]);
  expect(sum(journal, 4)).toBe(sum(journal, 5));
  expect(journal.filter((row) => row[2] === number && row[3] === 'Card fees').length).toBeGreaterThan(0);
  await page.getByText('Sums per day and account').click();
  await expect(page).toHaveURL(/detail=summary/);
  const summary = await downloaded(page);
  expect(summary.length).toBeLessThan(journal.length);
  expect(sum(summary, 3)).toBe(sum(journal, 4));

  await accounts.getByRole('button', { name: 'Change account of Provider fees' }).click();
  await page.getByRole('button', { name: 'Back to the number out of the box' }).click();
  await expect(accounts.getByRole('row').filter({ hasText: 'Provider fees' })).toContainText('6100');
});

test('a merchant has numbers of its own, and what is kept for all merchants is not its to name', async ({ as }) => {
  const page = await as('merchant', { viewport: { width: 390, height: 844 } });
  await page.goto(PAGE);
  await expect(page.getByRole('heading', { name: /^Accounts in the books of / })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change account of Provider clearing' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Change account of Provider fees' })).toBeEnabled();
  await expect(page.getByRole('combobox', { name: 'Merchant' })).toHaveCount(0);
  const journal = await downloaded(page);
  expect(sum(journal, 4)).toBe(sum(journal, 5));
});
