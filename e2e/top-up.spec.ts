import type { Page } from '@playwright/test';
import { typeCard } from './fixtures/shop.ts';
import { bank } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
/** How late the bank's messages come. */
const LATE_MS = 2_000;

/** The euros in the wallet that the page shows. */
async function balanceOf(page: Page): Promise<number> {
  const text = await page.getByTestId('balance').textContent();
  return Number((text ?? '').replaceAll(/[^\d.]/g, ''));
}
async function fresh(page: Page): Promise<number> {
  await page.goto('/account/wallet');
  return balanceOf(page);
}

test('a transfer from the bank is announced, and the balance moves by itself when the late message comes', async ({ as }) => {
  const page = await as('customer', PHONE);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Top up', exact: true }).click();
  await page.getByLabel('Amount').fill('25');
  await page.getByText('By bank transfer').click();
  await page.getByRole('button', { name: 'Show where to transfer to' }).click();
  await expect(page.getByText('Waits for your transfer')).toBeVisible();
  const reference = ((await page.getByText(/^RF\d\d /).textContent()) ?? '').replaceAll(' ', '');
  await bank.calm(false, LATE_MS);
  try {
    const { id } = await bank.payIn(reference, 2_500);
    await expect(page.getByText('Arriving', { exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'Back to wallet' }).click();
    await expect(page.getByText('Arriving', { exact: true })).toBeVisible();
    expect(await balanceOf(page)).toBe(before);
    await bank.settle(id);
    await expect.poll(() => balanceOf(page), { timeout: 60_000 }).toBe(before + 25);
    await expect(page.getByText('Arriving', { exact: true })).toBeHidden();
  } finally {
    await bank.calm(true, 0);
  }
});

test('a card tops the wallet up, and what the limits refuse is said before anything is asked', async ({ as }) => {
  const page = await as('customer', PHONE);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Top up', exact: true }).click();
  await page.getByLabel('Amount').fill('9999999');
  await expect(page.getByText(/more than the limits/)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Top up/ })).toBeDisabled();
  await page.getByLabel('Amount').fill('12.50');
  await typeCard(page, '4242 4242 4242 4242');
  await page.getByRole('button', { name: 'Top up €12.50' }).click();
  await expect(page.getByText('Credited', { exact: true })).toBeVisible();
  expect(await fresh(page)).toBe(before + 12.5);
});

test('money is withdrawn to an account whose number is checked while it is typed', async ({ as }) => {
  const page = await as('customer', PHONE);
  const before = await fresh(page);
  await page.getByRole('link', { name: 'Withdraw', exact: true }).click();
  // An account that was added before is offered; this one is new.
  const another = page.getByRole('button', { name: 'Use another account' });
  await expect(another.or(page.getByLabel('IBAN'))).toBeVisible();
  if (await another.isVisible()) await another.click();
  await page.getByLabel('Account holder').fill('Carla Rossi');
  await page.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 01');
  await page.getByLabel('IBAN').blur();
  await expect(page.getByText('This number has a typing error.')).toBeVisible();
  await page.getByLabel('IBAN').fill('DE89 3704 0044 0532 0130 00');
  await page.getByRole('button', { name: 'Add this account' }).click();
  await page.getByLabel('Amount').fill('5');
  await page.getByRole('button', { name: 'Withdraw €5.00' }).click();
  await expect(page.getByText(/It is on its way/)).toBeVisible();
  await page.getByRole('link', { name: 'Back to wallet' }).click();
  await expect.poll(() => balanceOf(page), { timeout: 30_000 }).toBe(before - 5);
});
