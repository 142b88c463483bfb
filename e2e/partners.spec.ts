import { restClient } from './fixtures/rest.ts';
import { mail, thirdParty } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

test('click-and-collect: an order is made ready at the store and handed over for its code', async ({ as }) => {
  const rest = restClient();
  const sku = await rest.skuAt('BER');
  const email = `collect-${Date.now()}@example.com`;
  const placed = await rest.placeOrder({ email, sku, pickup: 'BER', wait: 20 });
  const desk = await as('warehouse');
  await desk.goto('/pickup');
  await expect(desk.getByRole('heading', { name: /^Pick-up desk/, level: 1 })).toBeVisible();
  const row = desk.getByRole('row').filter({ hasText: placed.number });
  await row.getByRole('button', { name: `${placed.number} is ready` }).click();
  await expect(row).toContainText('Ready');

  // The customer gets the code by mail and shows it at the desk.
  await expect.poll(async () => (await mail.to(email)).some(({ subject }) => subject.includes('ready for pick-up'))).toBe(true);
  const sent = (await mail.to(email)).find(({ subject }) => subject.includes('ready for pick-up'));
  const code = /Pick-up code:?\s*([A-Z0-9]{6})/.exec(sent?.text ?? '')?.[1] ?? '';
  expect(code).toHaveLength(6);
  const scan = desk.getByRole('textbox', { name: 'Scan a code, or type a number' });
  await scan.fill(code);
  await scan.press('Enter');
  const dialog = desk.getByRole('dialog', { name: `Hand over ${placed.number}` });
  await dialog.getByRole('button', { name: `Hand over ${placed.number}` }).click();
  await expect(dialog).toBeHidden();

  await expect.poll(async () => (await rest.order(placed.number)).status).toBe('FULFILLED');
  await desk.goto(`/orders/${placed.number}`);
  await expect(desk.getByRole('region', { name: /^Pick-up/ })).toContainText('Picked up');
});

test('a 3PL that rejects, and the order is shipped from elsewhere', async ({ as }) => {
  const rest = restClient();
  await thirdParty.calm('reject', false);
  try {
    const placed = await rest.placeOrder({ email: `reject-${Date.now()}@example.com`, sku: 'CANOE-2', wait: 20 });
    const agent = await as('agent');
    await agent.goto(`/orders/${placed.number}`);
    const requests = agent.getByRole('region', { name: /^Partner requests/ });
    await expect(requests).toContainText('Rejected');
    await expect(requests).toContainText('The goods are not on the shelf.');
    await agent.goto('/partners?view=refused');
    await expect(agent.getByRole('row').filter({ hasText: placed.number })).toContainText('Rejected');

    const warehouse = await as('warehouse');
    await warehouse.goto(`/orders/${placed.number}`);
    await warehouse.getByRole('button', { name: 'Ship', exact: true }).click();
    const dialog = warehouse.getByRole('dialog', { name: `Ship ${placed.number}` });
    await dialog.getByRole('button', { name: /^Ship 1 unit/ }).click();
    await expect(dialog).toBeHidden();
    await expect.poll(async () => (await rest.order(placed.number)).status).toBe('FULFILLED');
    expect((await rest.order(placed.number)).shipments).toHaveLength(1);
  } finally {
    await thirdParty.calm('accept', true);
  }
});
