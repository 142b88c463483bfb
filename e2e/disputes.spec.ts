import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

const rest = restClient();

test('a dispute: the bank takes the money, an agent sends the evidence once, and it is won', async ({ as }) => {
  test.slow();
  const { sku } = await rest.stockedSku();
  const wanted = { email: 'nora.pruefer@customer.example', sku, unitPrice: '5.00', token: 'pm_card_createDispute', wait: 20 };
  const { number } = await rest.placeOrder(wanted);
  await expect.poll(async () => (await rest.order(number)).fulfilment_status, { timeout: 30_000 }).toBe('ALLOCATED');
  await rest.ship(number);

  const agent = await as('agent');
  await agent.goto(`/orders/${number}`);
  // The card's holder disputes what is captured: the page hears of it.
  await agent.getByRole('link', { name: /^EU-D\d+$/ }).click({ timeout: 30_000 });
  await expect(agent.getByText('The bank waits for an answer')).toBeVisible();
  await expect(agent.getByLabel('Receipt', { exact: true })).toHaveValue(new RegExp(number));
  await agent.getByLabel('What happened').fill('The parcel was handed over: winning_evidence');
  await agent.getByRole('button', { name: 'Send evidence' }).click();
  await agent.getByRole('dialog').getByRole('button', { name: 'Send evidence' }).click();
  await expect(agent.getByText('Won', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  await expect(agent.getByText('Dispute won')).toBeVisible();
});
