import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { expect, test } from './fixtures/test.ts';

test('a large refund waits for a second person: who asked cannot approve it, somebody else can', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const placed = await rest.placeOrder({ email: 'large@example.com', sku, unitPrice: '400.00', wait: 20 });
  const admin = await as('admin');
  await admin.goto(`/orders/${placed.number}`);
  await admin.getByRole('button', { name: 'Ship', exact: true }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Ship 1 unit' }).click();
  await expect.poll(async () => (await rest.order(placed.number)).payment_status).toBe('CAPTURED');

  await admin.getByRole('button', { name: 'Refund', exact: true }).click();
  const dialog = admin.getByRole('dialog', { name: `Refund ${placed.number}` });
  await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'The customer asked');
  await dialog.getByRole('button', { name: /^Ask for approval of €/ }).click();
  await expect(dialog).toBeHidden();
  expect((await rest.order(placed.number)).refunded_minor).toBe(0);

  const request = (page: typeof admin) => page.getByRole('row').filter({ hasText: placed.number });
  await admin.goto('/approvals');
  const own = request(admin).getByRole('button', { name: 'Approve' });
  await expect(own).toHaveAttribute('aria-disabled', 'true');
  await expect(own).toHaveAccessibleDescription(/somebody else has to decide/);

  const finance = await as('finance');
  await finance.goto('/approvals');
  await request(finance).getByRole('button', { name: 'Approve' }).click();
  await finance.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(request(finance)).toHaveCount(0);
  await expect.poll(async () => (await rest.order(placed.number)).refunded_minor).toBe(placed.total_minor);
  await expect(request(admin), 'the list of who asked moves by itself').toHaveCount(0);
});
