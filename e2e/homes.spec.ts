import type { APIResponse, Page } from '@playwright/test';
import { readPdf } from '../server/platform/testing/read-pdf.ts';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

/** The paper behind a link of the page, as whoever is signed in there gets it. */
async function paperAt(page: Page, href: string | null) {
  if (!href) throw new Error('There is no paper to open.');
  const response: APIResponse = await page.request.get(href);
  expect([href, response.status()]).toEqual([href, 200]);
  expect(response.headers()['content-type']).toBe('application/pdf');
  const { pages, title } = await readPdf(await response.body());
  return { title, lines: pages.flat() };
}

test('a merchant’s dashboard leads from its bars to the orders that they count', async ({ as }) => {
  const page = await as('merchant');
  await page.goto('/m');
  await page.getByText('7 days', { exact: true }).click();
  await expect(page).toHaveURL(/days=7/);
  await expect(page.getByRole('img', { name: /^Sales per day of the last 7 days/ })).toBeVisible();

  const bar = page.getByRole('list', { name: 'Orders by status' }).getByRole('link', { name: /^Fulfilled/ });
  await expect(bar).toBeVisible();
  await bar.click();
  await expect(page).toHaveURL(/status=FULFILLED/);
  const rows = page.getByRole('region', { name: 'Orders' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('Fulfilled');
  // Only the header does not say so.
  await expect(rows.filter({ hasNot: page.getByText('Fulfilled', { exact: true }) })).toHaveCount(1);

  await page.goBack();
  await expect(page).toHaveURL(/\/m\?days=7/);
  const best = page
    .getByRole('list', { name: /^Best sellers/ })
    .getByRole('link')
    .first();
  await best.click();
  await expect(page).toHaveURL(/\/products\//);
});

test('the figures of a chart are there as a table, each day a link to its orders', async ({ as }) => {
  const page = await as('merchant');
  await page.goto('/m?days=7');
  const figure = page.getByRole('figure').first();
  await figure.getByText('Show as table').click();
  const days = figure.getByRole('row');
  await expect(days).toHaveCount(9); // a header, seven days, a total
  await days.nth(7).getByRole('link').click();
  await expect(page).toHaveURL(/\/orders\?day=\d{4}-\d\d-\d\d/);
});

test('the warehouse picks by a printed list, packs, ships and prints the slip', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'picked@example.com', sku, quantity: 2, wait: 20 });
  const page = await as('warehouse');
  await page.goto('/');
  await page.getByRole('textbox', { name: 'Scan or type a number' }).fill(placed.number.toLowerCase());
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/orders/${placed.number}`);

  const node = (await rest.order(placed.number)).lines[0]?.units[0]?.node ?? '';
  await page.goto(`/shipments/queue?view=${node}&stage=to_pick`);
  const row = () => page.getByRole('row').filter({ hasText: placed.number });
  await lookFor(page, placed.number);
  await row().getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Start picking 1' }).click();
  const list = page.getByRole('link', { name: 'Print pick list' });
  const paper = await paperAt(page, await list.getAttribute('href'));
  expect(paper.title).toMatch(/^Pick list EU-P\d+$/);
  expect(paper.lines.join('\n')).toContain(`${placed.number} × 2`);
  expect(paper.lines.join('\n')).toContain(sku);

  await page.goto(`/shipments/queue?view=${node}&stage=picking`);
  await row().getByRole('checkbox').check();
  await expect(page.getByRole('button', { name: 'Ship 0' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'Packed 1' }).click();
  await expect(row()).toHaveCount(0);

  await page.goto(`/shipments/queue?view=${node}&stage=packed`);
  await row().getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Ship 1' }).click();
  await page.getByRole('dialog', { name: 'Ship 1 order' }).getByRole('button', { name: 'Ship 1' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(async () => (await rest.order(placed.number)).payment_status).toBe('CAPTURED');

  const [shipment] = (await rest.order(placed.number)).shipments;
  await page.goto(`/shipments/${shipment?.number}`);
  const slip = await paperAt(page, await page.getByRole('link', { name: 'Packing slip' }).getAttribute('href'));
  expect(slip.title).toBe(`Packing slip ${shipment?.number}`);
  expect(slip.lines.join('\n')).toContain('Seestraße 4');
  expect(slip.lines.find((line) => line.startsWith(sku))).toMatch(/\| 2$/);
  expect(slip.lines.join('\n')).not.toContain('€');
});

/** Goes on to the page of the queue where an order is: others wait longer. */
async function lookFor(page: Page, number: string): Promise<void> {
  await expect(async () => {
    await expect(page.getByRole('table')).toBeVisible();
    if ((await page.getByRole('row').filter({ hasText: number }).count()) > 0) return;
    const next = page.getByRole('button', { name: 'Next', exact: true });
    if (await next.isEnabled()) await next.click();
    throw new Error(`${number} is not on this page of the queue.`);
  }).toPass();
}

test('an order’s summary says what the API says it costs', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'paper@example.com', sku, quantity: 3, wait: 20 });
  const page = await as('agent');
  await page.goto(`/orders/${placed.number}`);
  const { lines } = await paperAt(page, `/api/documents/orders/${placed.number}.pdf`);
  const total = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR' }).format(placed.total_minor / 100);
  expect(lines).toContain(`Total | ${total}`);
  const stranger = await as('customer');
  expect((await stranger.request.get(`/api/documents/orders/${placed.number}.pdf`)).status()).toBe(404);
});

test('an agent holds two orders from the list and releases them together', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(10);
  const mark = `held-${Date.now().toString(36)}@example.com`;
  const placed = [await rest.placeOrder({ email: mark, sku, wait: 20 }), await rest.placeOrder({ email: mark, sku, wait: 20 })];
  const page = await as('agent');
  await page.goto('/');
  await page.getByRole('region', { name: /^Needs a person/ }).waitFor();
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type(mark);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/orders\?q=/);

  const holdAll = async (verb: 'Hold' | 'Release') => {
    for (const { number } of placed)
      await page
        .getByRole('checkbox', { name: `Select ${number}` })
        .first()
        .check();
    await page.getByRole('region', { name: 'Actions' }).getByRole('button', { name: verb, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `${verb} 2 orders` });
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('The customer calls back');
    await dialog.getByRole('button', { name: `${verb} 2 orders` }).click();
    await expect(dialog).toBeHidden();
  };
  await holdAll('Hold');
  for (const { number } of placed) await expect(page.getByRole('row').filter({ hasText: number })).toContainText('Manual');
  await holdAll('Release');
  for (const { number } of placed) await expect(page.getByRole('row').filter({ hasText: number })).not.toContainText('Manual');
});

test('finance sees whether the books balance, and administrators how the processes are', async ({ as }) => {
  const finance = await as('finance');
  await finance.goto('/');
  await expect(finance.getByRole('region', { name: 'Ledger' })).toContainText('Debits equal credits');
  await finance.getByRole('link', { name: 'Open ledger' }).click();
  await expect(finance).toHaveURL('/ledger');

  const admin = await as('admin');
  await admin.goto('/ops/health');
  const processes = admin.getByRole('region', { name: /^Processes/ });
  await processes.waitFor();
  // One that was stopped a minute ago stands beside the one that took its place.
  const up = processes.getByRole('row').filter({ has: admin.getByText('Up', { exact: true }) });
  await expect(up.filter({ hasText: 'worker' }).first()).toBeVisible();
  await expect(up.filter({ hasText: 'api' }).first()).toBeVisible();
  await admin.getByRole('region', { name: 'Access' }).getByRole('link').first().click();
  await expect(admin).toHaveURL('/settings/users');
});
