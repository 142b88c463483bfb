import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

test('an order split over two nodes leaves in two parcels, each with its tracking, and says why', async ({ as, visitor }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku(20);
  // Other journeys hold units of it meanwhile.
  await rest.receive(sku, 'BER', 20);
  const main = (await rest.stock(sku)).nodes.find(({ node }) => node === 'HAM');
  // More than the warehouse has; the store has the rest.
  const quantity = (main?.on_hand ?? 0) - (main?.allocated ?? 0) + 2;
  const placed = await rest.placeOrder({ email: 'split@customer.example', sku, quantity, unitPrice: '1.00', wait: 20 });
  await expect.poll(async () => (await rest.order(placed.number)).fulfilment_status, { timeout: 30_000 }).toBe('ALLOCATED');

  const warehouse = await as('warehouse');
  await warehouse.goto(`/orders/${placed.number}`);
  const why = warehouse.getByRole('region', { name: /^Why this node/ });
  await expect(why).toContainText('Hamburg warehouse');
  await expect(why).toContainText('Berlin store');
  await expect(why).toContainText('Further nodes');

  await warehouse.getByRole('button', { name: 'Ship', exact: true }).click();
  const dialog = warehouse.getByRole('dialog', { name: `Ship ${placed.number}` });
  await dialog.getByRole('button', { name: /^Ship \d+ units/ }).click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(async () => (await rest.order(placed.number)).shipments.filter((one) => one.tracking_number).length, {
      timeout: 30_000,
    })
    .toBe(2);
  const numbers = (await rest.order(placed.number)).shipments.map((shipment) => shipment.tracking_number ?? '');
  for (const number of numbers) await expect(warehouse.getByText(number).first()).toBeVisible();
  expect(new Set(numbers).size).toBe(2);

  // Its customer follows both.
  const customer = await visitor();
  await customer.goto((await rest.order(placed.number)).tracking_url);
  const parcels = customer.getByRole('region', { name: /^Parcels/ });
  for (const number of numbers) await expect(parcels.getByText(number)).toBeVisible();
  expect((await parcels.getByRole('listitem').allInnerTexts()).filter((text) => text.startsWith('Parcel'))).toHaveLength(2);
});

test('a rule is drafted by keyboard, replayed over past orders and put in force', async ({ as }) => {
  const page = await as('merchant');
  await page.goto('/routing');
  await page.getByRole('button', { name: 'Add a rule' }).press('Enter');
  const rule = page.getByRole('group', { name: 'Rule 2' });
  await rule.getByRole('textbox', { name: 'Name' }).fill('One node in Norway');
  await choose(rule.getByRole('combobox', { name: 'Then' }), 'One node or none');
  await rule.getByRole('textbox', { name: 'Countries' }).fill('NO');
  await page.getByRole('button', { name: 'Save the draft' }).press('Enter');
  await expect(page.getByRole('heading', { name: /^Draft: version/ })).toBeVisible();

  await page.getByRole('button', { name: 'Replay' }).click();
  const simulation = page.getByRole('region', { name: 'Simulation' });
  await expect(simulation.getByRole('row').filter({ hasText: 'Cost' })).toBeVisible({ timeout: 60_000 });
  await expect(simulation).toContainText('What happened');

  await page.getByRole('button', { name: 'Put in force' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill('Nothing would have changed');
  await dialog.getByRole('button', { name: 'Put in force' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('In force: version 2')).toBeVisible();
});
