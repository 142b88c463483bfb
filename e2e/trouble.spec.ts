import { restClient } from './fixtures/rest.ts';
import { psp } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

test.afterEach(() => psp.calm());

test('a capture whose reply is lost is shown as in doubt, resolves itself, and was made once', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'doubt@example.com', sku, wait: 20 });
  // The capture happens; neither its reply comes back nor an answer to the question whether it did.
  await psp.fault('drop_reply', { order_id: placed.id, on: 'capture' });
  await psp.fault('drop_before', { order_id: placed.id, on: 'read' });

  const admin = await as('admin');
  await admin.goto(`/orders/${placed.number}`);
  await admin.getByRole('button', { name: 'Ship', exact: true }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Ship 1 unit' }).click();
  await expect(admin.getByText('A payment is in doubt')).toBeVisible();

  await psp.calm();
  await expect(admin.getByText('A payment is in doubt')).toBeHidden({ timeout: 45_000 });
  await expect(admin.getByRole('main')).toContainText('Captured');
  const captures = (await psp.log(placed.id)).filter((entry) => entry.kind === 'capture');
  expect(captures.map((entry) => entry.amount)).toEqual([placed.total_minor]);
});

test('a declined card ends in Cancelled, with the bank’s reason on the page', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const token = 'pm_card_chargeDeclinedInsufficientFunds';
  const placed = await rest.placeOrder({ email: 'declined@example.com', sku, token, wait: 20 });
  const agent = await as('agent');
  await agent.goto(`/orders/${placed.number}`);
  await expect(agent.getByRole('main')).toContainText('Cancelled');
  await expect(agent.getByRole('main')).toContainText('Your card has insufficient funds.');
});

test('a bank that wants to see its customer: they confirm on its page, and the open order moves on', async ({ as, visitor }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({
    email: 'challenge@example.com',
    sku,
    token: 'pm_card_threeDSecure2Required',
    wait: 20,
  });
  const agent = await as('agent');
  await agent.goto(`/orders/${placed.number}`);
  await expect(agent.getByText('Waits for the customer', { exact: true })).toBeVisible();

  const customer = await visitor();
  await customer.goto(placed.next_action?.url ?? '');
  await customer.getByRole('button', { name: 'Complete' }).click();

  await expect(agent.getByRole('main')).toContainText('Confirmed');
  await expect(agent.getByText('Ready to ship')).toBeVisible();
});
