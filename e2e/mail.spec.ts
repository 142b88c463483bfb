import { randomUUID } from 'node:crypto';
import { euros } from './fixtures/money.ts';
import { restClient } from './fixtures/rest.ts';
import { carrier, mail } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

const address = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.com`;

test('an order placed over REST is confirmed by mail, and the mail’s tracking link works', async ({ as, visitor }) => {
  const rest = restClient();
  const { sku, name } = await rest.stockedSku();
  const email = address('ana');
  const placed = await rest.placeOrder({ email, sku, quantity: 2, wait: 20 });

  const agent = await as('agent');
  await agent.goto('/channels/mail');
  const row = agent.getByRole('row').filter({ hasText: placed.number });
  await expect(row).toContainText(`Order ${placed.number} confirmed`);
  await expect(row).toContainText('Sent');
  await row.getByRole('link').first().click();
  await expect(agent.getByRole('heading', { level: 1 })).toContainText(`Order ${placed.number} confirmed`);

  const frame = agent.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Thank you for your order' })).toBeVisible();
  await expect(frame.getByText(name).first()).toBeVisible();
  await expect(frame.getByText(euros(placed.total_minor)).first()).toBeVisible();

  await test.step('its link leads to the parcel, for whoever holds it', async () => {
    const href = await frame.getByRole('link', { name: 'Follow your order' }).getAttribute('href');
    const customer = await visitor();
    await customer.goto(href ?? '');
    await expect(customer.getByRole('heading', { name: `Order ${placed.number}` })).toBeVisible();
  });

  await test.step('it really went over SMTP, once, from the merchant', async () => {
    await agent.getByRole('button', { name: 'Received' }).click();
    await expect(agent.getByText('Received over SMTP')).toBeVisible();
    await expect(agent.getByRole('main')).toContainText('auto-submitted: auto-generated');
    const [caught, ...more] = await mail.to(email);
    expect(more).toEqual([]);
    expect(caught).toMatchObject({ from: { name: 'Nordlicht Outdoor' }, subject: `Order ${placed.number} confirmed` });
    expect(caught?.text).toContain(euros(placed.total_minor));
  });

  await test.step('it is sent again on the order’s page, which shows both', async () => {
    await agent.goto(`/orders/${placed.number}`);
    const mails = agent.getByRole('region', { name: /^Mails to the customer/ });
    await mails.getByRole('button', { name: 'Send again: Order confirmed' }).click();
    const dialog = agent.getByRole('dialog', { name: /^Send again/ });
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await expect(dialog).toBeHidden();
    await expect(mails.getByRole('listitem').filter({ hasText: 'Sent again' }).getByText('Sent', { exact: true })).toBeVisible();
    await expect.poll(async () => (await mail.to(email)).length).toBe(2);
    await expect(agent.getByRole('main')).toContainText('Mail sent again');
  });
});

test('an agent writes to a customer without the mouse', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const email = address('bo');
  const placed = await rest.placeOrder({ email, sku, wait: 20 });
  const agent = await as('agent');
  await agent.goto(`/orders/${placed.number}`);
  await expect(agent.getByRole('heading', { level: 1 })).toContainText(placed.number);
  await agent.keyboard.press('m');
  const dialog = agent.getByRole('dialog', { name: `Message about ${placed.number}` });
  await expect(agent).toHaveURL(/\/message$/);
  await expect(dialog.getByRole('combobox', { name: 'Start from' })).toBeFocused();
  await agent.keyboard.press('ArrowDown');
  await expect(agent.getByRole('option', { name: 'It takes longer' })).toBeVisible();
  await agent.keyboard.press('ArrowDown');
  await agent.keyboard.press('Enter');
  await expect(dialog.getByLabel('Subject')).toHaveValue(new RegExp(placed.number));
  await expect(dialog.frameLocator('iframe').getByRole('heading', { name: placed.number })).toBeVisible();
  await agent.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
  await expect(agent.getByRole('region', { name: /^Mails to the customer/ })).toContainText('Message');
  await expect.poll(async () => (await mail.to(email)).filter((one) => one.text.includes('Kind regards')).length).toBe(1);
});

test('a mail whose connection breaks after it was handed over is in doubt, and sent again only with a reason', async ({ as }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const email = address('cy').replace('@', '+drop_reply@');
  const placed = await rest.placeOrder({ email, sku, wait: 20 });
  const agent = await as('agent');
  await agent.goto('/channels/mail?status=in_doubt');
  await agent.getByRole('row').filter({ hasText: placed.number }).getByRole('link').first().click();
  await expect(agent.getByRole('main')).toContainText('In doubt');
  await agent.getByRole('button', { name: 'Send again' }).click();
  const dialog = agent.getByRole('dialog', { name: /^Send again/ });
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('The customer says it never came');
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await mail.to(email)).length).toBe(2);
});

test('a parcel’s news and a password reset arrive by mail; the console shows no link of the second', async ({ as, visitor }) => {
  const rest = restClient();
  const { sku } = await rest.stockedSku();
  const email = address('di');
  const placed = await rest.placeOrder({ email, sku, wait: 20 });
  const warehouse = await as('warehouse');
  await warehouse.goto(`/orders/${placed.number}/ship`);
  await warehouse.getByRole('button', { name: 'Ship 1 unit' }).click();
  await expect.poll(async () => (await rest.order(placed.number)).shipments[0]?.tracking_number).toBeTruthy();
  const tracking = (await rest.order(placed.number)).shipments[0]?.tracking_number ?? '';
  await expect
    .poll(async () => (await mail.to(email)).map((one) => one.subject))
    .toContain(`Order ${placed.number} is on its way`);
  expect((await mail.to(email))[0]?.text).toContain(tracking);
  await carrier.advance(tracking, 'in_transit');
  await carrier.advance(tracking, 'delivered');
  await expect
    .poll(async () => (await mail.to(email)).map((one) => one.subject))
    .toContain(`Order ${placed.number} was delivered`);

  const forgetful = 'agent@waybill.example';
  const before = (await mail.to(forgetful)).length;
  const page = await visitor();
  await page.goto('/sign-in/reset');
  await page.getByLabel('E-mail').fill(forgetful);
  await page.getByRole('button', { name: 'Ask for a link' }).click();
  await expect.poll(async () => (await mail.to(forgetful)).length).toBe(before + 1);
  const [reset] = await mail.to(forgetful);
  expect(reset?.text).toMatch(/\/sign-in\/reset\?token=/);
  const admin = await as('admin');
  await admin.goto('/channels/mail?kind=reset_link');
  await admin.getByRole('row').filter({ hasText: forgetful }).first().getByRole('link').first().click();
  await expect(admin.getByText('A sign-in mail is for its reader only')).toBeVisible();
});
