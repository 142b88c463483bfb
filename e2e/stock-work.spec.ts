import type { Locator } from '@playwright/test';
import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

/** Chooses the shop's main node in a dialog. */
async function chooseNode(dialog: Locator, name: string) {
  await choose(dialog.getByRole('combobox', { name }), /Hamburg warehouse/);
}

const onHandAt = async (sku: string, node = 'HAM') =>
  (await restClient().stock(sku)).nodes.find((level) => level.node === node)?.on_hand ?? 0;

test('goods received against a purchase order: made, unloaded in two parts, on the shelf and in the movements', async ({
  as,
}) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(20);
  const before = await onHandAt(sku);
  const page = await as('warehouse');
  await page.goto('/purchase-orders');
  await page.getByRole('button', { name: 'New purchase order' }).click();
  const making = page.getByRole('dialog', { name: 'New purchase order' });
  await making.getByRole('textbox', { name: 'Supplier' }).fill('Kitchen Makers');
  await chooseNode(making, 'Node');
  await making.getByRole('textbox', { name: 'Articles and quantities' }).fill(`${sku} 10 4.10`);
  await making.getByRole('button', { name: 'Order 1 line' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/EU-B\d+/);

  const receive = async (good: number, damaged: number) => {
    await page.getByRole('button', { name: 'Receive', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: /^Receive goods of/ });
    await dialog.getByRole('textbox', { name: `Good of ${sku}` }).fill(String(good));
    await dialog.getByRole('textbox', { name: `Damaged of ${sku}` }).fill(String(damaged));
    await dialog.getByRole('button', { name: `Receive ${good + damaged} units` }).click();
    await expect(dialog).toBeHidden();
  };
  await receive(6, 1);
  await expect(page.getByText('Partly received')).toBeVisible();
  await receive(3, 0);
  await expect(page.getByText('Received', { exact: true }).first()).toBeVisible();
  expect(await onHandAt(sku)).toBe(before + 9);

  const number = ((await page.getByRole('heading', { level: 1 }).textContent()) ?? '').match(/EU-B\d+/)?.[0] ?? '';
  await page.goto(`/stock/movements?q=${number}`);
  await expect(page.getByRole('row').filter({ hasText: number })).toHaveCount(2);
});

test('a cycle count with a variance that a second person approves', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(20);
  const before = await onHandAt(sku);
  // The demo's policy: from a hundred units on somebody else agrees.
  const found = before + 150;
  const page = await as('warehouse');
  await page.goto('/counts');
  await page.getByRole('button', { name: 'New count' }).click();
  const making = page.getByRole('dialog', { name: 'New count' });
  await chooseNode(making, 'Node');
  await choose(making.getByRole('combobox', { name: 'Chosen' }), 'Some articles');
  await making.getByRole('textbox', { name: 'Articles and quantities' }).fill(sku);
  await making.getByRole('button', { name: 'Make the sheet' }).click();

  const figure = page.getByRole('textbox', { name: `Counted of ${sku}` });
  await figure.fill(String(found));
  await page.getByRole('button', { name: 'Save 1 figure' }).click();
  await expect(page.getByText('Differs')).toBeVisible();
  const number = ((await page.getByRole('heading', { level: 1 }).textContent()) ?? '').match(/EU-I\d+/)?.[0] ?? '';
  await page.getByRole('button', { name: 'Finish', exact: true }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Finish ${number}` })
    .click();
  await expect(page.getByText('Differences wait for a second person')).toBeVisible();
  expect(await onHandAt(sku)).toBe(before);

  const finance = await as('finance');
  await finance.goto('/approvals');
  const request = finance.getByRole('row').filter({ hasText: number });
  await request.getByRole('button', { name: 'Approve' }).click();
  await finance.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(request).toHaveCount(0);
  await expect.poll(() => onHandAt(sku)).toBe(found);
});
