import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

const rest = restClient();

test('a return: the customer asks, an agent approves, the warehouse receives and inspects, and it becomes store credit', async ({
  as,
}) => {
  test.slow();
  const { sku } = await rest.stockedSku();
  const { number } = await rest.placeOrder({ email: demoUser('customer').email, sku, quantity: 2, unitPrice: '5.00', wait: 20 });
  const until = (status: string) =>
    expect.poll(async () => (await rest.order(number)).fulfilment_status, { timeout: 30_000, message: number }).toBe(status);
  await until('ALLOCATED');
  await rest.ship(number);
  await until('SHIPPED');
  const [shipment] = (await rest.order(number)).shipments;
  await rest.call('POST', `/shipments/${shipment?.id}/updates`, { status: 'DELIVERED' });
  await until('DELIVERED');

  const customer = await as('customer');
  await customer.goto(`/account/orders/${number}`);
  await customer.getByRole('button', { name: 'Return items' }).click();
  const asking = customer.getByRole('dialog');
  await asking.getByLabel(/units \(at most 2\)/).fill('1');
  await choose(asking.getByRole('combobox', { name: 'Wishes for' }), 'Store credit');
  await asking.getByRole('button', { name: 'Ask to return' }).click();
  await customer.getByRole('link', { name: /^EU-A\d+$/ }).click();
  await expect(customer.getByText('The shop looks at your request.')).toBeVisible();
  const path = new URL(customer.url()).pathname.replace('/account', '');

  const agent = await as('agent');
  await agent.goto(path);
  await agent.getByRole('button', { name: 'Approve' }).click();
  await expect(customer.getByRole('link', { name: 'Print the label' })).toBeVisible({ timeout: 30_000 });

  const warehouse = await as('warehouse');
  await warehouse.goto(path);
  await warehouse.getByRole('button', { name: 'Receive' }).click();
  await warehouse.getByRole('dialog').getByRole('button', { name: 'Receive' }).click();
  await warehouse.getByRole('button', { name: 'Inspect' }).click();
  await warehouse.getByRole('dialog').getByRole('button', { name: 'Record' }).click();
  await expect(warehouse.getByText('Inspected').first()).toBeVisible();

  await agent.getByRole('button', { name: 'Settle' }).click();
  await agent
    .getByRole('dialog')
    .getByRole('button', { name: /^Give back/ })
    .click();
  await expect(agent.getByText('Settled').first()).toBeVisible({ timeout: 30_000 });
  await expect(customer.getByText('This return is settled.')).toBeVisible({ timeout: 30_000 });
});
