import { choose } from './fixtures/choose.ts';
import { euros } from './fixtures/money.ts';
import { restClient } from './fixtures/rest.ts';
import { carrier } from './fixtures/simulators.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

test('an order placed over REST is shipped, delivered and refunded in the browser, on pages that move by themselves', async ({
  as,
  visitor,
}) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const list = await as('agent');
  await list.goto('/orders');
  await expect(list.getByRole('heading', { name: /^Orders/, level: 1 })).toBeVisible();

  // The agent looks at the list while the checkout places the order.
  const placed = await rest.placeOrder({ email: demoUser('customer').email, sku, quantity: 3 });
  const row = list.getByRole('row').filter({ hasText: placed.number });
  await expect(row).toContainText('Confirmed');
  await expect(row).toContainText('Allocated');

  // From here on the agent's page is opened once and never reloaded.
  const agent = await as('agent');
  await agent.goto(`/orders/${placed.number}`);
  await expect(agent.getByRole('heading', { level: 1 })).toContainText(placed.number);
  await expect(agent.getByText('Ready to ship')).toBeVisible();

  await test.step('the warehouse ships it', async () => {
    const warehouse = await as('warehouse');
    await warehouse.goto(`/orders/${placed.number}`);
    await warehouse.getByRole('button', { name: 'Ship', exact: true }).click();
    const dialog = warehouse.getByRole('dialog', { name: `Ship ${placed.number}` });
    await dialog.getByRole('button', { name: 'Ship 3 units' }).click();
    await expect(dialog).toBeHidden();
  });
  await expect(agent.getByRole('main')).toContainText('Captured');
  await expect(agent.getByRole('region', { name: /^Shipments/ })).toContainText(/Shipped|In transit/);

  await test.step('the carrier delivers it', async () => {
    await expect.poll(async () => (await rest.order(placed.number)).shipments[0]?.tracking_number).toBeTruthy();
    const tracking = (await rest.order(placed.number)).shipments[0]?.tracking_number ?? '';
    await carrier.advance(tracking, 'in_transit');
    await carrier.advance(tracking, 'delivered');
  });
  const badges = agent.getByRole('main');
  await expect(badges).toContainText('Fulfilled');
  await expect(badges).toContainText('Delivered');

  const refunded = await test.step('the agent refunds one unit: the button names what is booked', async () => {
    await agent.getByRole('button', { name: 'Refund', exact: true }).click();
    const dialog = agent.getByRole('dialog', { name: `Refund ${placed.number}` });
    await dialog.getByLabel(`${sku} (of 3)`).fill('1');
    await dialog.getByLabel(/^Shipping: Standard/).fill('0');
    await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'Damaged');
    // The preview of the API and the dialog are two ways to one plan.
    const oneUnit = await rest.previewRefund(placed.number, placed.lines[0]?.id ?? '', 1);
    await dialog.getByRole('button', { name: `Refund ${euros(oneUnit)}` }).click();
    await expect(dialog).toBeHidden();
    await expect.poll(async () => (await rest.order(placed.number)).refunded_minor).toBe(oneUnit);
    return oneUnit;
  });
  await expect(agent.getByRole('main')).toContainText('Partially refunded');

  await test.step('the customer sees it under their orders', async () => {
    const customer = await as('customer');
    await customer.goto('/account/orders');
    await customer.getByRole('link', { name: placed.number }).click();
    await expect(customer.getByRole('main')).toContainText(`−${euros(refunded)}`);
    const papers = customer.getByRole('region', { name: 'Invoices' });
    await expect(papers.getByRole('listitem')).toHaveCount(2);
    await expect(papers).toContainText(/takes back of \S+-1\d{4}/);
    const invoice = await papers.getByRole('link').first().getAttribute('href');
    const paper = await customer.request.get(invoice ?? '');
    expect(paper.headers()['content-type']).toBe('application/pdf');
  });

  await test.step('whoever has the tracking link sees the parcel, and no money', async () => {
    const page = await visitor();
    await page.goto((await rest.order(placed.number)).tracking_url);
    await expect(page.getByRole('heading', { name: `Order ${placed.number}` })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Delivered');
    await expect(page.getByRole('main')).not.toContainText('€');
  });
});
