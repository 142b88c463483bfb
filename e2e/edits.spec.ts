import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

const rest = restClient();

test('an edit: an agent takes a unit away and adds a jug, and the card is charged once for what it comes to', async ({ as }) => {
  test.slow();
  const { sku } = await rest.stockedSku();
  const email = `edit-${Date.now()}@customer.example`;
  const { number } = await rest.placeOrder({ email, sku, quantity: 2, unitPrice: '5.00', wait: 20 });
  await expect.poll(async () => (await rest.order(number)).fulfilment_status, { timeout: 30_000 }).toBe('ALLOCATED');
  const before = await rest.order(number);

  const agent = await as('agent');
  await agent.goto(`/orders/${number}/edit`);
  const dialog = agent.getByRole('dialog');
  await dialog.getByLabel(`${sku} (of 2 now)`).fill('1');
  await dialog.getByLabel('Find a product').fill('JUG-ENAMEL');
  await dialog.getByRole('button', { name: /JUG-ENAMEL/ }).click();
  await expect(dialog.getByText('The card’s authorization is raised by')).toBeVisible();
  await dialog.getByRole('button', { name: /^Change, \+/ }).click();
  await expect(agent.getByText('An edit waits')).toBeVisible();
  await expect(agent.getByText('Order edited').first()).toBeVisible({ timeout: 30_000 });

  const after = await rest.order(number);
  expect(after.lines.map((line) => line.sku)).toContain('JUG-ENAMEL');
  expect(after.authorized_minor).toBeGreaterThan(before.authorized_minor);
  await expect.poll(async () => (await rest.order(number)).fulfilment_status, { timeout: 30_000 }).toBe('ALLOCATED');
  await rest.ship(number);
  await expect.poll(async () => (await rest.order(number)).captured_minor, { timeout: 30_000 }).toBe(after.authorized_minor);
});
