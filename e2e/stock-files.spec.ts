import type { Locator, Page } from '@playwright/test';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

async function choose(page: Page, dialog: Locator, lines: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'CSV file' }).click();
  await (await chooser).setFiles({ name: 'levels.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
}

test('a levels file with two bad rows is corrected and applied; what runs low is ordered again', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(20);
  const onHand = (await rest.stock(sku)).nodes.find((level) => level.node === 'HAM')?.on_hand ?? 0;
  const head = 'sku,node,expected,on_hand,bin,reorder_point,reorder_quantity';
  const counted = `${sku},HAM,${onHand},${onHand - 1},Z-01,,`;
  const point = `${sku},*,,,,${onHand + 5_000},24`;
  const page = await as('merchant');
  await page.goto('/stock');
  await page.getByRole('button', { name: 'More actions' }).first().click();
  await page.getByRole('menuitem', { name: 'Import a file' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import stock levels' });
  await choose(page, dialog, [head, counted, point, 'NO-SUCH-SKU,HAM,,1,,,', `${sku},MARS,,1,,,`]);
  const rejected = dialog.getByRole('region', { name: /^Rejected lines/ });
  await expect(rejected.getByRole('row').filter({ hasText: 'NO-SUCH-SKU' })).toContainText('no such SKU');
  await expect(rejected.getByRole('row').filter({ hasText: 'There is no such node' })).toContainText('node');
  const verb = dialog.getByRole('button', { name: 'Apply 2 lines' });
  await expect(verb).toHaveAccessibleDescription(/Correct the rejected lines/);

  await choose(page, dialog, [head, counted, point]);
  await expect(rejected).toHaveCount(0);
  await verb.click();
  await expect(dialog).toBeHidden();
  expect((await rest.stock(sku)).nodes.find((level) => level.node === 'HAM')).toMatchObject({ on_hand: onHand - 1, bin: 'Z-01' });

  await page.goto(`/stock/low?q=${sku}`);
  const alert = page.getByRole('row').filter({ hasText: sku });
  await expect(alert).toContainText('All nodes');
  await alert.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Order more' }).click();
  const ordering = page.getByRole('dialog', { name: 'Order more' });
  await ordering.getByRole('textbox', { name: 'Supplier' }).fill('Kitchen Makers');
  await ordering.getByRole('button', { name: 'Draft an order of 1 article' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/EU-B\d+/);
  await expect(page.getByRole('row').filter({ hasText: sku })).toBeVisible();
});
