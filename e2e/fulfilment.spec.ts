import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { choose } from './fixtures/choose.ts';
import { inDays, ordered, ownSku, sellBeyondStock, shownDay } from './fixtures/goods.ts';
import { restClient } from './fixtures/rest.ts';
import { CARDS, typeCard } from './fixtures/shop.ts';
import { mail, psp } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

/** What only the whole house shows: from the order to the door, with everything on the way that may go wrong. */
const rest = restClient();
const someone = (who: string): string => `${who}-${randomUUID().slice(0, 8)}@example.com`;
const kinds = async (orderId: string): Promise<string[]> => (await psp.log(orderId)).map((entry) => entry.kind);
const until = (number: string, field: 'status' | 'fulfilment_status', value: string) =>
  expect.poll(async () => (await rest.order(number))[field], { timeout: 30_000, message: `${number} ${field}` }).toBe(value);

/** The link of the mail with that subject, once it has come. */
async function linkIn(email: string, subject: string): Promise<string> {
  const found = async () => (await mail.to(email)).find((one) => one.subject.startsWith(subject));
  await expect.poll(async () => Boolean(await found()), { timeout: 30_000, message: subject }).toBe(true);
  return /https?:\S+\/waiting\/\S+/.exec((await found())?.text ?? '')?.[0] ?? '';
}

test('a backorder: its customer is told a day, then another one, keeps it, and gets the goods when they arrive', async ({
  visitor,
}) => {
  const sku = await ownSku({ HAM: 1 });
  await sellBeyondStock(sku, { kind: 'backorder', limit: 10, lead_days: 14 });
  const coming = await ordered(sku, 5, inDays(9));
  const email = someone('backorder');
  const placed = await rest.placeOrder({ email, sku, quantity: 3, wait: 20 });
  await until(placed.number, 'fulfilment_status', 'BACKORDERED');

  const customer = await visitor();
  await customer.goto((await rest.order(placed.number)).tracking_url);
  await expect(customer.getByRole('main')).toContainText(`Expected ${shownDay(inDays(9))}`);

  await coming.postpone(inDays(20));
  await customer.goto(await linkIn(email, 'A new date'));
  await customer.getByRole('button', { name: `Keep it for ${shownDay(inDays(20))}` }).click();
  await expect(customer.getByRole('status')).toContainText('You agreed to the new day');

  await coming.arrive();
  await until(placed.number, 'fulfilment_status', 'ALLOCATED');
  await rest.ship(placed.number);
  await until(placed.number, 'status', 'FULFILLED');
  await customer.goto((await rest.order(placed.number)).tracking_url);
  await expect(customer.getByRole('main')).toContainText('3 × On its way');
  await expect(customer.getByText('Expected')).toHaveCount(0);
});

test('a preorder on day 40: its authorization has lapsed, the bank holds the money again or its customer pays; nothing leaves unpaid', async ({
  as,
  visitor,
}) => {
  const sku = await ownSku();
  await sellBeyondStock(sku, { kind: 'preorder', limit: 10, release_on: inDays(40), pay_days: 3 });
  const [renewedBy, refusedTo] = [someone('renewed'), someone('refused')];
  const [renewed, refused] = await Promise.all(
    [renewedBy, refusedTo].map((email) => rest.placeOrder({ email, sku, quantity: 2, wait: 20 })),
  );
  if (!renewed || !refused) throw new Error('Nothing was placed');
  await until(renewed.number, 'fulfilment_status', 'PREORDERED');
  await until(refused.number, 'fulfilment_status', 'PREORDERED');

  // The weeks that a preorder waits: both banks give up what they hold, one by the page, one by its control.
  const admin = await as('admin');
  await admin.goto('/dev/simulators');
  await lapseByPage(admin, await paymentOf(renewed.number));
  await psp.lapse(await paymentOf(refused.number));
  await expect.poll(() => kinds(renewed.id)).toContain('expiry');
  await psp.fault('decline', { order_id: refused.id, on: 'authorize', next: 1 });

  await rest.receive(sku, 'HAM', 4);
  await until(renewed.number, 'fulfilment_status', 'ALLOCATED');
  await until(refused.number, 'fulfilment_status', 'ALLOCATED');
  await rest.ship(renewed.number);
  await rest.ship(refused.number);

  // The provider refuses to capture what has lapsed; it is authorized anew, captured once, and leaves.
  await until(renewed.number, 'status', 'FULFILLED');
  expect(await kinds(renewed.id)).toEqual(['authorization', 'expiry', 'authorization', 'capture']);

  // Where the bank says no, the parcel stays and its customer is asked.
  const customer = await visitor();
  await customer.goto(await linkIn(refusedTo, 'Please pay for order'));
  expect(await rest.order(refused.number)).toMatchObject({ captured_minor: 0, awaits_payment: true, status: 'CONFIRMED' });
  await typeCard(customer, CARDS.good);
  await customer.getByRole('button', { name: /^Pay €/ }).click();
  await expect(customer.getByRole('status')).toContainText('Nothing of this order waits for you any more');
  await expect.poll(async () => (await rest.order(refused.number)).awaits_payment).toBe(false);
  await rest.ship(refused.number);
  await until(refused.number, 'status', 'FULFILLED');
  expect((await kinds(refused.id)).filter((kind) => kind === 'capture')).toHaveLength(1);
});

const paymentOf = async (number: string): Promise<string> => (await rest.order(number)).payments[0]?.provider_ref ?? '';

async function lapseByPage(page: Page, paymentRef: string): Promise<void> {
  const form = page.getByRole('region', { name: 'A bank gives up an authorization' });
  await form.getByRole('textbox').fill(paymentRef);
  await form.getByRole('button', { name: 'Let it lapse now' }).click();
}

test('a shortage at the shelf: the picker counts, and the order leaves from another node', async ({ as }) => {
  const sku = await ownSku({ HAM: 2 });
  const placed = await rest.placeOrder({ email: someone('short'), sku, quantity: 2, wait: 20 });
  await until(placed.number, 'fulfilment_status', 'ALLOCATED');
  await rest.receive(sku, 'BER', 2);

  const page = await as('warehouse');
  await page.goto(`/stock/${sku}`);
  await page.getByRole('button', { name: 'Adjust', exact: true }).click();
  const adjust = page.getByRole('dialog', { name: `Adjust ${sku}` });
  await choose(adjust.getByRole('combobox', { name: 'Node' }), /Hamburg warehouse/);
  await adjust.getByRole('textbox', { name: 'Difference' }).fill('-2');
  await choose(adjust.getByRole('combobox', { name: 'Reason' }), 'Damaged');
  await adjust.getByRole('button', { name: /^Adjust by/ }).click();
  await expect(adjust).toBeHidden();
  await expect(page.getByRole('link', { name: placed.number }).first()).toBeVisible();

  await page.goto(`/orders/${placed.number}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Send from another node' }).click();
  const dialog = page.getByRole('dialog', { name: `Send ${placed.number} from another node` });
  await dialog.getByRole('radio', { name: 'Not on the shelf' }).check();
  await dialog.getByRole('button', { name: 'Take 2 units' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('region', { name: /^Why this node/ })).toContainText('Berlin store');
  await rest.ship(placed.number);
  await until(placed.number, 'status', 'FULFILLED');
  const { nodes } = await rest.stock(sku);
  expect(nodes.map(({ node, on_hand, allocated }) => [node, on_hand, allocated]).sort()).toEqual([
    ['BER', 0, 0],
    ['HAM', 0, 0],
  ]);
});

test('a parcel that the carrier loses: claimed and paid for, sent again, delivered, and paid once', async ({ as, visitor }) => {
  const sku = await ownSku({ HAM: 4 });
  const placed = await rest.placeOrder({ email: someone('lost'), sku, quantity: 2, wait: 20 });
  await until(placed.number, 'fulfilment_status', 'ALLOCATED');
  await rest.ship(placed.number);
  await until(placed.number, 'status', 'FULFILLED');
  const shipment = (await rest.order(placed.number)).shipments[0]?.number ?? '';

  // The carrier's side is the demo's switchboard.
  const admin = await as('admin');
  await admin.goto('/dev/simulators?at=carrier');
  // The page looks again every two seconds: a menu that was opened while it did may be gone.
  await expect(async () => {
    await admin.getByRole('button', { name: `What else may happen: ${shipment}` }).click();
    await admin.getByRole('menuitem', { name: 'Lost' }).click({ timeout: 3_000 });
  }).toPass();

  const agent = await as('admin');
  await agent.goto('/shipments/exceptions');
  await agent.getByRole('row').filter({ hasText: shipment }).getByRole('link').first().click();
  await agent.getByRole('button', { name: 'More actions' }).click();
  await agent.getByRole('menuitem', { name: 'File claim' }).click();
  const claim = agent.getByRole('dialog', { name: `Claim ${shipment}` });
  await claim.getByRole('button', { name: 'File claim' }).click();
  await expect(claim).toBeHidden();
  await admin.getByRole('button', { name: `Claim granted: ${shipment}` }).click();
  await admin.getByRole('button', { name: `Claim paid: ${shipment}` }).click();
  await expect(agent.getByRole('main')).toContainText('Paid');

  await agent.goto(`/orders/${placed.number}/reship`);
  const again = agent.getByRole('dialog', { name: `Send goods of ${placed.number} again` });
  await again.getByRole('radio', { name: 'Lost on the way' }).check();
  await again.getByRole('button', { name: 'Send 2 units again' }).click();
  await expect(again).toBeHidden();
  await until(placed.number, 'fulfilment_status', 'ALLOCATED');
  await rest.ship(placed.number);
  await until(placed.number, 'status', 'FULFILLED');
  const second = (await rest.order(placed.number)).shipments.find(({ number }) => number !== shipment);
  await admin.getByRole('button', { name: `Delivered: ${second?.number}` }).click();

  const customer = await visitor();
  await customer.goto((await rest.order(placed.number)).tracking_url);
  const parcels = customer.getByRole('region', { name: /^Parcels/ });
  await expect(parcels).toContainText('Lost');
  await expect(parcels).toContainText('Delivered');
  expect((await kinds(placed.id)).filter((kind) => kind === 'capture')).toHaveLength(1);
});
