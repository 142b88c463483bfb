import type { Page } from '@playwright/test';
import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

async function adjust(page: Page, sku: string, difference: number, reason: string) {
  await page.getByRole('button', { name: 'Adjust', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: `Adjust ${sku}` });
  await dialog.getByRole('textbox', { name: 'Difference' }).fill(String(difference));
  await choose(dialog.getByRole('combobox', { name: 'Reason' }), reason);
  return dialog;
}

test('the warehouse corrects a level: the effect is shown first, then it stands in the movements and in the API', async ({
  as,
}) => {
  const rest = restClient();
  const { sku, available } = await rest.stockedSku(20);
  const page = await as('warehouse');
  await page.goto(`/stock/${sku}`);
  const before = (await rest.stock(sku)).nodes[0];

  const dialog = await adjust(page, sku, -1, 'Damaged');
  await expect(dialog.getByRole('region', { name: 'What this does' })).toContainText(String((before?.on_hand ?? 0) - 1));
  await dialog.getByRole('button', { name: /^Adjust by/ }).click();
  await expect(dialog).toBeHidden();

  const movements = page.getByRole('region', { name: /^Movements/ });
  await expect(movements.getByRole('row').filter({ hasText: 'Wim de Vries' }).first()).toContainText(/[−-]1/);
  expect((await rest.stock(sku)).supply[0]?.available).toBe(available - 1);
});

test('a level cannot be corrected below nothing', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const page = await as('warehouse');
  await page.goto(`/stock/${sku}`);
  const dialog = await adjust(page, sku, -1_000_000, 'Lost');
  await expect(dialog).toContainText('Less than nothing cannot be on hand.');
});

test('what may be promised is kept from a channel and at a node, and the API says so at once', async ({ as }) => {
  const rest = restClient();
  const { sku, available } = await rest.stockedSku(20);
  const page = await as('warehouse');
  await page.goto(`/stock/${sku}`);
  const promises = page.getByRole('region', { name: 'Promises' });
  await expect(promises.getByRole('row').filter({ hasText: 'Marketplace' })).toBeVisible();
  await page.goto(`/stock/${sku}?do=channel`);
  const rule = page.getByRole('dialog', { name: `What a channel may be promised of ${sku}` });
  await choose(rule.getByRole('combobox', { name: 'Channel' }), 'Marketplace');
  await rule.getByRole('textbox', { name: 'Cap' }).fill('7');
  await rule.getByRole('button', { name: 'Set a channel’s limits' }).click();
  await expect(rule).toBeHidden();
  await expect(promises.getByRole('row').filter({ hasText: 'Marketplace' })).toContainText('7');

  await page.goto(`/stock/${sku}?do=safety`);
  const safety = page.getByRole('dialog', { name: `Safety stock of ${sku}` });
  await safety.getByRole('textbox', { name: 'Safety' }).fill('2');
  await safety.getByRole('button', { name: 'Set safety stock' }).click();
  await expect(safety).toBeHidden();
  expect((await rest.stock(sku)).supply[0]?.available).toBe(available - 2);
});

test('the grid changes under whoever looks at it, and a cell is adjusted by keyboard alone', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(20);
  const onHand = async () => (await rest.stock(sku)).nodes.find((level) => level.node === 'HAM')?.on_hand ?? 0;
  const page = await as('warehouse');
  await page.goto(`/stock?q=${sku}`);
  const row = page.getByRole('row').filter({ hasText: sku });
  const cell = row.getByRole('button', { name: `${sku} at HAM:` });
  await expect(cell).toBeVisible();
  await rest.receive(sku, 'HAM', 7);
  await expect(cell).toHaveAccessibleName(new RegExp(`: ${await onHand()} on hand`));

  await page.keyboard.press('j');
  await expect(row.getByRole('link')).toBeFocused();
  for (let steps = 0; steps < 10 && !(await cell.evaluate((one) => one === document.activeElement)); steps++)
    await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: `Adjust ${sku}` });
  await expect(dialog.getByRole('combobox', { name: 'Node' })).toHaveValue(/HAM/);
  await expect(dialog.getByRole('textbox', { name: 'Difference' })).toBeFocused();
  await page.keyboard.type('-2');
  const reason = dialog.getByRole('combobox', { name: 'Reason' });
  await reason.press('ArrowDown');
  await expect(page.getByRole('option').first()).toBeVisible();
  await reason.press('ArrowDown');
  await reason.press('Enter');
  await expect(reason).not.toHaveValue('');
  const before = await onHand();
  await dialog.getByRole('button', { name: /^Adjust by/ }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(cell).toHaveAccessibleName(new RegExp(`: ${before - 2} on hand`));
  await expect(cell).toBeFocused();
});
