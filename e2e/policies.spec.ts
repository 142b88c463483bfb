import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

const rest = restClient();

test('a merchant changes the cancellation policy, and the customer’s page says the new sentence', async ({ as }) => {
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
