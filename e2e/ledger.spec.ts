import type { Page } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import { choose } from './fixtures/choose.ts';
import { expect, test } from './fixtures/test.ts';

const cents = (decimal: string | undefined): number => Math.round(Number(decimal) * 100);

/** What a merchant of the demo is owed: an account in which much has happened. */
async function openPayable(page: Page, currency = 'EUR'): Promise<string> {
  await page.goto('/ledger?kind=merchant_payable');
  await page
    .getByRole('row')
    .filter({ hasText: 'merchant_payable' })
    .filter({ hasText: currency })
    .getByRole('link')
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Owed to merchants');
  return new URL(page.url()).pathname;
}

/** The balance that an account's page shows, in cents. */
async function balanceOf(page: Page): Promise<number> {
  const section = page.getByRole('region', { name: 'Balance', exact: true });
  const text = (await section.getByRole('definition').first().textContent()) ?? '';
  return cents(text.replaceAll(/[^\d.−]/g, '').replace('−', '-'));
}

test('the explorer leads from an account to a transfer, its journal and back, and into the past', async ({ as }) => {
  const finance = await as('finance');
  const account = await openPayable(finance);
  await expect(finance.getByRole('img', { name: /^Balance at the end of each of 30 days/ })).toBeVisible();
  const entries = finance.getByRole('region', { name: 'Entries' });
  await entries.getByRole('row').nth(1).getByRole('link').first().click();
  await finance.waitForURL(/\/ledger\/transfers\//);
  await expect(finance.getByRole('region', { name: 'Movement' })).toContainText(/Balance after.*Version \d+/);
  await finance.getByRole('complementary').locator('a[href^="/ledger/journals/"]').click();
  await finance.waitForURL(/\/ledger\/journals\//);
  await finance
    .getByRole('region', { name: /^Transfers/ })
    .locator(`a[href="${account}"]`)
    .first()
    .click();
  await finance.waitForURL(new RegExp(`${account}$`));

  await finance.goto(`${account}?version=1`);
  const past = finance.getByRole('region', { name: 'As of' });
  await expect(past).toContainText('Version1Balance');
  await finance.goto(`${account}?phase=void`);
  await expect(
    finance
      .getByText('Clear filters')
      .or(finance.getByRole('region', { name: 'Entries' }).getByText('Released').first())
      .first(),
  ).toBeVisible();
  await finance.goto('/ledger/holds');
  await expect(finance.getByRole('heading', { level: 1, name: 'Ledger' })).toBeVisible();
});

test('a statement adds up as a file and is a document with pages', async ({ as }) => {
  const finance = await as('finance');
  const account = await openPayable(finance);
  await finance.getByRole('button', { name: 'Statement' }).click();
  const dialog = finance.getByRole('dialog', { name: 'Statement' });
  await dialog.getByText('This year').click();
  const download = finance.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download CSV' }).click();
  expect((await download).suggestedFilename()).toMatch(/^statement-merchant-payable-eur-.*\.csv$/);

  const hrefOf = async (name: string) => (await dialog.getByRole('link', { name }).getAttribute('href')) ?? '';
  const csv = await finance.request.get(await hrefOf('Download CSV'));
  const rows = parse(await csv.text(), { columns: true }) as Record<string, string>[];
  let balance = cents(rows[0]?.balance);
  for (const row of rows.slice(1, -1)) {
    balance += cents(row.amount);
    expect(cents(row.balance)).toBe(balance);
  }
  expect(rows.length).toBeGreaterThan(10);
  expect(cents(rows.at(-1)?.balance)).toBe(balance);

  const pdf = await finance.request.get(await hrefOf('Open PDF'));
  const bytes = await pdf.body();
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(Number(/\/Type \/Pages\s*\/Count (\d+)/.exec(bytes.toString('latin1'))?.[1])).toBeGreaterThan(0);
  const merchant = await as('merchant');
  const own = await merchant.request.get(`/api/documents/statements/${'00000000-0000-5000-8000-000000000000'}.csv`);
  expect(own.status()).toBe(404);
  expect(account).toMatch(/^\/ledger\/accounts\//);
});

test('two persons adjust an account and take it back; who asked cannot approve', async ({ as }) => {
  const [finance, admin] = [await as('finance'), await as('admin')];
  // Other journeys sell in euros meanwhile.
  const account = await openPayable(finance, 'GBP');
  const before = await balanceOf(finance);
  await finance.getByRole('button', { name: 'Adjust' }).click();
  const dialog = finance.getByRole('dialog', { name: /^Adjust Owed to merchants/ });
  await dialog.getByLabel('Amount').fill('12.34');
  await choose(dialog.getByRole('combobox', { name: 'Kind of the other account' }), 'Goodwill');
  await dialog.getByRole('combobox', { name: 'Other account', exact: true }).click();
  await finance.getByRole('option').first().click();
  await expect(dialog.getByRole('table')).toContainText('Balance after');
  const why = `Booked twice in ${Date.now()}`;
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(why);
  await dialog.getByRole('button', { name: 'Ask for approval of £12.34' }).click();
  await expect(dialog).toBeHidden();
  expect(await balanceOf(finance), 'nothing moves yet').toBe(before);

  const request = (page: Page) => page.getByRole('row').filter({ hasText: why });
  await finance.goto('/approvals');
  await expect(request(finance).getByRole('button', { name: 'Approve' })).toHaveAttribute('aria-disabled', 'true');
  await admin.goto('/approvals');
  await request(admin).getByRole('button', { name: 'Approve' }).click();
  await expect(admin.getByRole('dialog')).toContainText('Balance now');
  await admin.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(request(admin)).toHaveCount(0);

  await finance.goto(account);
  await expect.poll(() => balanceOf(finance)).toBe(before - 1234);
  await finance
    .getByRole('region', { name: 'Entries' })
    .getByRole('row')
    .filter({ hasText: 'Adjustment' })
    .first()
    .getByRole('link')
    .first()
    .click();
  await finance.waitForURL(/\/ledger\/transfers\//);
  const transfer = new URL(finance.url()).pathname;

  await admin.goto(transfer);
  await admin.getByRole('button', { name: 'Reverse' }).click();
  const reversal = admin.getByRole('dialog', { name: /^Reverse/ });
  const back = `Not twice after all ${Date.now()}`;
  await reversal.getByRole('textbox', { name: 'Reason' }).fill(back);
  await reversal.getByRole('button', { name: 'Ask for approval of £12.34' }).click();
  await expect(reversal).toBeHidden();
  await finance.goto('/approvals');
  await finance.getByRole('row').filter({ hasText: back }).getByRole('button', { name: 'Approve' }).click();
  await finance.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(finance.getByRole('row').filter({ hasText: back })).toHaveCount(0);
  await admin.goto(transfer);
  await expect(admin.getByRole('region', { name: /^Reversed by/ }).first()).toContainText('Reversal');
  await expect(admin.getByRole('button', { name: 'Reverse' })).toHaveAttribute('aria-disabled', 'true');
  await admin.goto(account);
  expect(await balanceOf(admin)).toBe(before);
});

test('an account is frozen, let go and given credit, each with a reason; months that are over are closed for good', async ({
  as,
}) => {
  const finance = await as('finance');
  await finance.goto('/ledger?kind=store_credit');
  await finance.getByRole('row').filter({ hasText: 'Ben Carter' }).getByRole('link').first().click();
  await expect(finance.getByRole('heading', { level: 1 })).toContainText('Store credit');
  const operate = async (action: string, verb: string, fill?: { readonly limit: string }) => {
    await finance.getByRole('button', { name: 'More actions' }).click();
    await finance.getByRole('menuitem', { name: action, exact: true }).click();
    const dialog = finance.getByRole('dialog');
    if (fill) await dialog.getByRole('textbox', { name: 'Credit limit' }).fill(fill.limit);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Asked by the police');
    await dialog.getByRole('button', { name: verb }).click();
    await expect(dialog).toBeHidden();
  };
  await operate('Freeze', 'Freeze account');
  await expect(finance.getByText('Frozen', { exact: true })).toBeVisible();
  await expect(finance.getByRole('button', { name: 'Adjust' })).toHaveAttribute('aria-disabled', 'true');
  await operate('Unfreeze', 'Unfreeze account');
  await expect(finance.getByText('Frozen', { exact: true })).toBeHidden();
  await operate('Credit limit', 'Set limit', { limit: '5.00' });
  await expect(finance.getByRole('region', { name: 'Balance', exact: true })).toContainText('Available€17.00');
  await operate('Credit limit', 'Set limit', { limit: '0' });
  await finance.getByRole('button', { name: 'More actions' }).click();
  await expect(finance.getByRole('menuitem', { name: /^Close/ })).toContainText('Only an account with a balance of zero');

  await finance.goto('/ledger');
  await finance.getByRole('button', { name: 'Close a period' }).click();
  const closing = finance.getByRole('dialog', { name: 'Close a period' });
  const day = closing.getByLabel('Last day to close');
  const last = await day.inputValue();
  await day.fill('2100-01-01');
  await expect(closing).toContainText('Choose a day that is over');
  await day.fill(last);
  await closing.getByRole('textbox', { name: 'Reason' }).fill('The accountant has the month');
  await closing.getByRole('button', { name: /^Close through \d+ \w+ \d{4}$/ }).click();
  await expect(closing).toBeHidden();
  await expect(finance.getByText(/^Closed through \d+ \w+ \d{4}$/)).toBeVisible();
  await finance.getByRole('button', { name: 'Close a period' }).click();
  await closing.getByLabel('Last day to close').fill(last);
  await expect(closing, 'not twice').toContainText('not closed yet');
});

test('finance sees what a merchant may be paid, pays some of it to the bank account it adds, and no more than that', async ({
  as,
}) => {
  const finance = await as('finance');
  await finance.goto('/payouts');
  await expect(finance.getByText(/^May be paid out: £/)).toBeVisible();
  await finance.getByRole('button', { name: 'Pay this merchant' }).click();
  const dialog = finance.getByRole('dialog');
  await dialog.getByLabel('Account holder').fill('Harbour & Lane Ltd');
  await dialog.getByLabel('IBAN').fill('GB29 NWBK 6016 1331 9268 19');
  await dialog.getByRole('button', { name: 'Add this account' }).click();
  const amount = dialog.getByRole('textbox', { name: 'Amount' });
  await amount.fill('9999999');
  await expect(dialog).toContainText('within what the merchant is owed');
  await amount.fill('12.00');
  await dialog.getByRole('button', { name: 'Pay £12.00' }).dblclick();
  await expect(dialog).toBeHidden();
  const payout = finance.getByRole('row').filter({ hasText: 'Harbour & Lane Ltd' });
  await expect(payout).toHaveCount(1);
  await expect(payout).toContainText(/Arrived.*£12\.00/);
});
