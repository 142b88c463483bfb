import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { UNDO_WINDOW_MS } from '../server/kernel/undo.ts';
import { violationsOn } from './fixtures/axe.ts';
import { handsOn } from './fixtures/hands.ts';
import { settle } from './fixtures/pages.ts';
import { restClient } from './fixtures/rest.ts';
import { carrier, mail, psp } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

const rest = restClient();
type Placed = Awaited<ReturnType<typeof rest.placeOrder>> & { readonly sku: string; readonly email: string };

async function placed(quantity = 2, token?: string): Promise<Placed> {
  const { sku } = await rest.stockedSku(20);
  const email = `hands-${randomUUID().slice(0, 6)}@example.com`;
  const order = await rest.placeOrder({
    email,
    sku,
    quantity,
    wait: 20,
    ...(token ? { token } : {}),
  });
  return { ...order, sku, email };
}

async function allocated(quantity = 2): Promise<Placed> {
  const order = await placed(quantity);
  await expect.poll(async () => (await rest.order(order.number)).fulfilment_status).toBe('ALLOCATED');
  return order;
}

/** Shipped and paid, by the admin's hands. */
async function shipped(admin: Page, quantity = 2): Promise<Placed> {
  const order = await allocated(quantity);
  await admin.goto(`/orders/${order.number}`);
  await admin.getByRole('button', { name: 'Ship', exact: true }).click();
  await admin
    .getByRole('dialog')
    .getByRole('button', { name: /^Ship \d/ })
    .click();
  await expect.poll(async () => (await rest.order(order.number)).status).toBe('FULFILLED');
  return order;
}

const opened = async (page: Page, number: string): Promise<void> => {
  await page.goto(`/orders/${number}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number);
  await settle(page);
};
const kinds = async (orderId: string) => (await psp.log(orderId)).map((entry) => entry.kind);
const windowIsOver = (page: Page) => page.waitForTimeout(UNDO_WINDOW_MS + 3_000);

async function cancelAll(page: Page, number: string): Promise<void> {
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: `Cancel ${number}` });
  await dialog.getByRole('radio', { name: 'The customer asked' }).check();
  await dialog.getByRole('button', { name: 'Cancel order' }).click();
  await expect(dialog).toBeHidden();
}

test('a refund is undone before anything left the house: the provider never hears of it', async ({ as }) => {
  const admin = await as('admin');
  const order = await shipped(admin);
  await admin.close();
  const agent = await as('agent');
  await opened(agent, order.number);
  await agent.keyboard.press('r');
  const dialog = agent.getByRole('dialog', { name: `Refund ${order.number}` });
  await dialog.getByLabel(`${order.sku} (of 2)`).fill('1');
  await dialog.getByRole('radio', { name: 'Damaged' }).check();
  await dialog.getByRole('button', { name: /^Refund €/ }).click();
  await expect(dialog).toBeHidden();
  await expect(agent.getByRole('button', { name: 'Undo' }).first()).toBeVisible();
  await agent.keyboard.press('z');
  await expect(agent.getByText('undone, nothing was sent')).toBeVisible();
  await expect(agent.getByRole('status').filter({ hasText: /^Refunding €/ })).toHaveCount(0);
  await windowIsOver(agent);
  expect(await kinds(order.id)).toEqual(['authorization', 'capture']);
  expect((await rest.order(order.number)).refunded_minor).toBe(0);
  await expect(agent.getByRole('main')).toContainText('Undone');
});

test('a cancel waits, is shown in the list, and is undone from there', async ({ as }) => {
  const order = await allocated();
  const before = await rest.stock(order.sku);
  // The list is open beside the order, as on a second screen, and moves by itself.
  const list = await as('agent');
  await list.goto('/orders');
  const row = list.getByRole('row').filter({ hasText: order.number });
  await expect(row).toBeVisible();
  const agent = await as('agent');
  await opened(agent, order.number);
  await cancelAll(agent, order.number);
  await expect(row).toContainText('Cancelling…');
  await row.getByRole('button', { name: 'Undo' }).click();
  await expect(row).not.toContainText('Cancelling…');
  await expect(agent.getByRole('main')).toContainText('Cancellation undone');
  await windowIsOver(agent);
  expect(await kinds(order.id)).toEqual(['authorization']);
  expect((await rest.order(order.number)).status).toBe('CONFIRMED');
  expect(await rest.stock(order.sku)).toEqual(before);
});

test('a cancel whose page is closed is carried out all the same, once', async ({ as }) => {
  const order = await allocated();
  const agent = await as('agent');
  await opened(agent, order.number);
  await cancelAll(agent, order.number);
  await agent.close();
  expect((await rest.order(order.number)).status).toBe('CONFIRMED');
  await expect.poll(async () => (await rest.order(order.number)).status, { timeout: 30_000 }).toBe('CANCELLED');
  await expect.poll(() => kinds(order.id)).toEqual(['authorization', 'void']);
});

test('an address is corrected before units are set aside, in its own country only', async ({ as }) => {
  const order = await placed(1, 'pm_card_threeDSecure2Required');
  const agent = await as('agent');
  await opened(agent, order.number);
  await agent.getByRole('button', { name: 'More actions' }).click();
  await agent.getByRole('menuitem', { name: 'Change address' }).click();
  const dialog = agent.getByRole('dialog', { name: `Delivery address of ${order.number}` });
  await dialog.getByLabel('Country (two letters)').fill('AT');
  await expect(dialog).toContainText('Another country has other tax');
  await dialog.getByLabel('Country (two letters)').fill('DE');
  await dialog.getByLabel('Postal code').fill('12');
  await expect(dialog).toContainText('looks like 10115');
  await dialog.getByLabel('Postal code').fill('24105');
  await dialog.getByLabel('Street and number').fill('Hafenweg 9');
  await settle(agent);
  expect(await violationsOn(agent)).toEqual([]);
  await dialog.getByRole('button', { name: 'Change address' }).click();
  await expect(dialog).toBeHidden();
  await expect(agent.getByRole('main')).toContainText('Hafenweg 9');
  await expect(agent.getByRole('main')).toContainText('Delivery address changed');
});

test('goods that were lost are sent again at no charge, and nobody pays twice', async ({ as }) => {
  const admin = await as('admin');
  const order = await shipped(admin);
  const { tracking_number: tracking } = (await rest.order(order.number)).shipments[0] ?? {};
  await carrier.advance(tracking ?? '', 'in_transit');
  await carrier.advance(tracking ?? '', 'exception');
  const agent = await as('agent');
  await opened(agent, order.number);
  await agent.getByRole('link', { name: 'Send again' }).click();
  const dialog = agent.getByRole('dialog', { name: `Send goods of ${order.number} again` });
  await dialog.getByRole('radio', { name: 'Lost on the way' }).check();
  await settle(agent);
  expect(await violationsOn(agent)).toEqual([]);
  await dialog.getByRole('button', { name: 'Send 2 units again' }).click();
  await expect(dialog).toBeHidden();
  await expect(agent.getByRole('main')).toContainText('Replaces units of');
  await expect.poll(async () => (await rest.order(order.number)).fulfilment_status).toBe('ALLOCATED');
  await opened(admin, order.number);
  await admin.keyboard.press('s');
  await admin.getByRole('dialog').getByRole('button', { name: 'Ship 2 units' }).click();
  await expect.poll(async () => (await rest.order(order.number)).status).toBe('FULFILLED');
  const after = await rest.order(order.number);
  expect(after.shipments).toHaveLength(2);
  expect(after.captured_minor).toBe(order.total_minor);
  expect((await kinds(order.id)).filter((kind) => kind === 'capture')).toHaveLength(1);
});

test('a note that cannot be kept returns to its composer with its error, and nothing typed since is lost', async ({
  as,
  complaints,
}) => {
  const order = await placed();
  const agent = await as('agent');
  await opened(agent, order.number);
  let fail = true;
  const typedOn = Promise.withResolvers<void>();
  await agent.route('**/api/trpc/orders.note**', async (route) => {
    if (!fail) return route.continue();
    await typedOn.promise;
    await route.abort('connectionfailed');
  });
  await agent.keyboard.press('n');
  await agent.keyboard.type('Called back');
  await agent.keyboard.press('Control+Enter');
  const notes = agent.getByRole('region', { name: /^Notes/ });
  await expect(notes.getByRole('listitem')).toContainText('Called back');
  await agent.keyboard.press('n');
  await agent.keyboard.type('Second thought');
  typedOn.resolve();
  await expect(notes.getByRole('alert')).toContainText('The note was not kept');
  await expect(notes.getByRole('listitem')).toHaveCount(0);
  await expect(notes.getByRole('textbox')).toHaveValue('Called back\n\nSecond thought');
  await agent.reload();
  await expect(notes.getByRole('textbox')).toHaveValue('Called back\n\nSecond thought');
  fail = false;
  await notes.getByRole('button', { name: 'Add note' }).click();
  await expect(notes.getByRole('listitem')).toContainText('Second thought');
  await expect(notes.getByRole('textbox')).toHaveValue('');
  const others = complaints.splice(0).filter((each) => !each.includes('ERR_CONNECTION_FAILED'));
  expect(others).toEqual([]);
});

test('keys lead through a list and its records, also after a reload, and columns stay as they were chosen', async ({ as }) => {
  await placed(1);
  await placed(1);
  const agent = await as('agent');
  await agent.goto('/orders');
  const links = agent.locator('[data-row-link]');
  await expect(links.nth(2)).toBeVisible();
  const numbers = await links.evaluateAll((all) => all.slice(0, 3).map((link) => link.textContent ?? ''));
  await agent.keyboard.press('j');
  await agent.keyboard.press('j');
  await agent.keyboard.press('x');
  await expect(agent.getByText('1 selected')).toBeVisible();
  await agent.keyboard.press('k');
  await agent.keyboard.press('Enter');
  const heading = agent.getByRole('heading', { level: 1 });
  await expect(heading).toContainText(numbers[0] ?? '');
  await agent.keyboard.press(']');
  await expect(heading).toContainText(numbers[1] ?? '');
  await agent.reload();
  await expect(agent.getByRole('button', { name: 'Next record' })).toBeVisible();
  await agent.keyboard.press(']');
  await expect(heading).toContainText(numbers[2] ?? '');
  await agent.keyboard.press('[');
  await expect(heading).toContainText(numbers[1] ?? '');
  await agent.keyboard.press('?');
  const help = agent.getByRole('dialog', { name: 'Keyboard shortcuts' });
  for (const label of ['Next record', 'Write a note', 'Copy summary', 'Hold']) await expect(help).toContainText(label);
  await agent.keyboard.press('Escape');

  await agent.goto('/orders');
  await agent.getByRole('button', { name: 'Columns' }).click();
  await agent.getByRole('checkbox', { name: 'Units' }).uncheck();
  await agent.keyboard.press('Escape');
  await expect(agent.getByRole('columnheader', { name: 'Units' })).toHaveCount(0);
  await agent.reload();
  await expect(agent.getByRole('columnheader', { name: 'Total' })).toBeVisible();
  await expect(agent.getByRole('columnheader', { name: 'Units' })).toHaveCount(0);
});

/** A support ticket costs no more keys than this, beside typed words and figures. */
const LIMIT = 12;

test('a support ticket by keyboard alone: find, explain, refund one unit with its preview, note, mail', async ({ as }, info) => {
  const admin = await as('admin');
  const order = await shipped(admin, 3);
  const agent = await as('agent');
  await agent.goto('/');
  await expect(agent.getByRole('heading', { level: 1 })).toBeVisible();
  const hands = handsOn(agent);

  await hands.press('Control+k');
  await expect(agent.getByRole('textbox', { name: 'Search or jump to…' })).toBeFocused();
  await hands.type(order.number);
  await expect(
    agent
      .getByRole('dialog')
      .getByRole('button', { name: new RegExp(order.number) })
      .first(),
  ).toBeVisible();
  await hands.press('Enter');
  await expect(agent.getByRole('heading', { level: 1 })).toContainText(order.number);
  // What happened, when and why stands on the page that was found.
  await expect(agent.getByRole('region', { name: 'Timeline' })).toContainText('Payment captured');

  await hands.press('r');
  const dialog = agent.getByRole('dialog', { name: `Refund ${order.number}` });
  await expect(dialog.getByLabel(`${order.sku} (of 3)`)).toBeFocused();
  await hands.type('1');
  await expect(dialog.getByRole('button', { name: /^Refund €/ })).toBeVisible();
  const oneUnit = await rest.previewRefund(order.number, order.lines[0]?.id ?? '', 1);
  await expect(dialog.getByRole('region', { name: 'What this does' })).toContainText(`1 × ${order.sku}`);
  await hands.press('Tab');
  await hands.press('Tab');
  await hands.press('Space');
  await hands.press('Control+Enter');
  await expect(dialog).toBeHidden();

  await hands.press('n');
  await hands.type('One of three arrived damaged; its money is on the way.');
  await hands.press('Control+Enter');
  await expect(agent.getByRole('region', { name: /^Notes/ }).getByRole('listitem')).toContainText('One of three arrived damaged');

  await hands.press('m');
  const message = agent.getByRole('dialog', { name: `Message about ${order.number}` });
  await expect(message.getByRole('combobox', { name: 'Start from' })).toBeFocused();
  await hands.type('refund');
  await expect(agent.getByRole('option')).toHaveCount(1);
  await hands.press('Enter');
  await expect(message.getByLabel('Subject')).toHaveValue(`About your refund for order ${order.number}`);
  await expect(message.frameLocator('iframe').getByRole('paragraph').filter({ hasText: 'We have refunded' })).toBeVisible();
  await hands.press('Control+Enter');
  await expect(message).toBeHidden();
  await expect
    .poll(async () => (await mail.to(order.email)).map(({ subject }) => subject))
    .toContain(`About your refund for order ${order.number}`);

  await expect.poll(async () => (await rest.order(order.number)).refunded_minor, { timeout: 30_000 }).toBe(oneUnit);
  info.annotations.push({ type: 'keys pressed', description: `${hands.keys} of ${LIMIT} beside typed words` });
  expect(hands.keys).toBeLessThanOrEqual(LIMIT);
});
