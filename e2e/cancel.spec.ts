import { violationsOn } from './fixtures/axe.ts';
import { choose } from './fixtures/choose.ts';
import { euros } from './fixtures/money.ts';
import { settle } from './fixtures/pages.ts';
import { restClient } from './fixtures/rest.ts';
import { psp } from './fixtures/simulators.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

test('cancelling before shipping gives the units back to the shelf and releases the authorization', async ({ as }) => {
  const rest = restClient();
  const { sku, available } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'cancel@example.com', sku, quantity: 2, wait: 20 });
  await expect.poll(async () => (await rest.order(placed.number)).fulfilment_status).toBe('ALLOCATED');
  expect((await rest.stock(sku)).supply[0]?.available).toBe(available - 2);

  const agent = await as('agent');
  await agent.goto(`/orders/${placed.number}`);
  await agent.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = agent.getByRole('dialog', { name: `Cancel ${placed.number}` });
  await expect(dialog).toContainText('Released at the bank');
  await expect(dialog).toContainText(euros(placed.total_minor));
  await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'The customer asked');
  await dialog.getByRole('button', { name: 'Cancel order' }).click();
  await expect(dialog).toBeHidden();

  await expect(agent.getByRole('main')).toContainText('Cancelled');
  await expect(agent.getByRole('main')).toContainText('Voided');
  expect((await rest.stock(sku)).supply[0]?.available).toBe(available);
  const log = await psp.log(placed.id);
  expect(log.map((entry) => entry.kind)).toEqual(['authorization', 'void']);
});

test('after shipping the cancel button stays, and says why it does nothing', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'too-late@example.com', sku, wait: 20 });
  const admin = await as('admin');
  await admin.goto(`/orders/${placed.number}`);
  await admin.getByRole('button', { name: 'Ship', exact: true }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Ship 1 unit' }).click();
  await expect(admin.getByRole('dialog')).toBeHidden();

  const cancel = admin.getByRole('button', { name: 'Cancel', exact: true });
  await expect(cancel).toHaveAttribute('aria-disabled', 'true');
  await expect(cancel).toHaveAccessibleDescription(/shipped|left/i);
  await admin.keyboard.press('c');
  await expect(admin.getByRole('dialog')).toBeHidden();
});

test('customers cancel their own order on a phone while nothing has left, and are told why not once it has', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const { email } = demoUser('customer');
  const placed = await rest.placeOrder({ email, sku, quantity: 2, wait: 20 });
  const customer = await as('customer', { viewport: { width: 390, height: 844 } });
  await customer.goto(`/account/orders/${placed.number}`);
  await customer.getByRole('button', { name: 'Cancel order' }).click();
  const dialog = customer.getByRole('dialog', { name: `Cancel ${placed.number}` });
  await expect(dialog).toContainText('Released at your bank');
  await expect(dialog).toContainText(euros(placed.total_minor));
  await settle(customer);
  expect(await violationsOn(customer)).toEqual([]);
  const sideways = await customer.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(sideways, 'The page does not scroll sideways').toBe(false);
  await dialog.getByRole('button', { name: 'Cancel order' }).click();
  await expect(dialog).toBeHidden();
  await expect(customer.getByRole('main')).toContainText('Cancelled');
  const button = customer.getByRole('button', { name: 'Cancel order' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(button).toHaveAccessibleDescription('This order is cancelled or paid back already.');
  expect((await rest.order(placed.number)).status).toBe('CANCELLED');
  await settle(customer);
  expect(await violationsOn(customer)).toEqual([]);
});

// In this file, whose tests come one after the other: for a moment customers of the shop may not cancel.
test('a merchant changes the cancellation policy, and the customer’s page says the new sentence', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const { number } = await rest.placeOrder({ email: demoUser('customer').email, sku, quantity: 1, wait: 20 });
  await expect
    .poll(async () => (await rest.order(number)).fulfilment_status, { timeout: 30_000, message: number })
    .toBe('ALLOCATED');
  const customer = await as('customer');
  await customer.goto(`/account/orders/${number}`);
  await expect(customer.getByText(/can be cancelled until it is handed to the carrier/)).toBeVisible();

  const merchant = await as('merchant');
  await merchant.goto('/settings/policies');
  const says = async (until: string): Promise<void> => {
    await merchant.getByRole('button', { name: 'Change: Cancellations' }).click();
    const dialog = merchant.getByRole('dialog');
    await dialog.getByLabel('Minutes to think better of it').fill('0');
    await choose(dialog.getByRole('combobox', { name: 'Customers cancel for themselves' }), until);
    await dialog.getByRole('button', { name: 'Save policy' }).click();
    await expect(dialog).toBeHidden();
  };
  await says('Until the goods are set aside');
  try {
    await expect(merchant.getByText(/A customer may cancel until the goods are set aside/).first()).toBeVisible();
    await customer.reload();
    await customer.getByRole('button', { name: 'Cancel order' }).hover();
    await expect(customer.getByText(/could be cancelled until its goods were set aside/).first()).toBeVisible();
  } finally {
    await says('Until the order is packed');
  }
});
