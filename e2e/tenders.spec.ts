import { violationsOn } from './fixtures/axe.ts';
import { choose } from './fixtures/choose.ts';
import { restClient } from './fixtures/rest.ts';
import { CARDS, checkOut, fillIn, paidOrder, payButton, typeCard } from './fixtures/shop.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } as const;
const BACKPACK = 'NL-0001';
const euros = (minor: number): string => `€${(minor / 100).toFixed(2)}`;
const GIFT = 1_500;
const CREDIT = 700;

test('a customer pays by gift card, store credit and card on a phone; an agent gives it back, and sees where it went', async ({
  as,
}) => {
  const rest = restClient();
  const { email } = demoUser('customer');
  const gift = await rest.giftCard(GIFT);
  const credit = await rest.giveCredit(email, CREDIT);
  const before = await rest.creditBalance(credit);
  const page = await as('customer', PHONE);
  await checkOut(page, BACKPACK);
  await fillIn(page, email);
  const total = Math.round(Number(((await payButton(page).textContent()) ?? '').replace(/[^\d.]/g, '')) * 100);

  // A code that nobody knows is refused in place, and the right one is taken however it was typed.
  await page.getByLabel('Gift card code').fill('7K2M-9QXD-4T1B-ZR5C-W8HP');
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await expect(page.getByText(/not known here/)).toBeVisible();
  await page.getByLabel('Gift card code').fill(gift.code.toLowerCase().replaceAll('-', ' '));
  await page.getByLabel('Gift card code').press('Enter');
  await expect(payButton(page)).toHaveText(`Pay ${euros(total - GIFT)}`);
  // It is ticked when the server has taken it.
  await page.getByRole('checkbox', { name: /Store credit/ }).click();
  const byCard = total - GIFT - before;
  await expect(payButton(page)).toHaveText(`Pay ${euros(byCard)}`);
  expect(await violationsOn(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.viewport.width);
  // Taken away and used again: the total follows.
  await page.getByRole('button', { name: `Take away the gift card ending in ${gift.last4}` }).click();
  await expect(payButton(page)).toHaveText(`Pay ${euros(total - before)}`);
  await page.getByLabel('Gift card code').fill(gift.code);
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  await expect(payButton(page)).toHaveText(`Pay ${euros(byCard)}`);
  await typeCard(page, CARDS.good);
  await payButton(page).click();
  const number = await paidOrder(page);
  const receipt = page.getByRole('definition');
  await expect(receipt.filter({ hasText: `Gift card •••• ${gift.last4}` })).toContainText(euros(GIFT));
  await expect(receipt.filter({ hasText: 'Store credit' })).toContainText(euros(before));
  await expect(receipt.filter({ hasText: 'Visa •••• 4242' })).toContainText(euros(byCard));

  const paid = await rest.order(number);
  const methods = (order: typeof paid) => Object.fromEntries(order.payments.map((each) => [each.method, each]));
  expect(paid).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED', authorized_minor: total });
  expect(methods(paid)).toMatchObject({
    gift_card: { amount_minor: GIFT },
    store_credit: { amount_minor: before },
    card: { amount_minor: byCard },
  });
  await expect.poll(async () => (await rest.order(number)).fulfilment_status).toBe('ALLOCATED');
  await rest.ship(number);
  await expect.poll(async () => (await rest.order(number)).captured_minor).toBe(total);

  const agent = await as('agent');
  await agent.goto(`/orders/${number}`);
  await agent.getByRole('button', { name: 'Refund', exact: true }).click();
  const dialog = agent.getByRole('dialog', { name: `Refund ${number}` });
  await dialog.getByText('Amount', { exact: true }).click();
  // The card is given back first, then what the order's own tenders gave.
  const refund = byCard + 200;
  await dialog.getByRole('textbox', { name: /^Amount/ }).fill((refund / 100).toFixed(2));
  await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'Damaged');
  await expect(dialog.getByText('To Visa •••• 4242')).toBeVisible();
  await expect(dialog.getByText('To Store credit')).toBeVisible();
  await dialog.getByRole('button', { name: `Refund ${euros(refund)}` }).click();
  await expect.poll(async () => (await rest.order(number)).refunded_minor, { timeout: 30_000 }).toBe(refund);
  expect(methods(await rest.order(number))).toMatchObject({
    card: { refunded_minor: byCard },
    store_credit: { refunded_minor: 200 },
    gift_card: { refunded_minor: 0 },
  });
  expect(await rest.creditBalance(credit)).toBe(200);
  await expect(agent.getByText('to Visa •••• 4242')).toBeVisible();
  // The customer reads what paid for it, and where what they were given back went.
  await page.goto(`/account/orders/${number}`);
  const shares = page.getByRole('region', { name: 'Paid with' }).getByRole('listitem');
  await expect(shares).toHaveText([
    `Gift card •••• ${gift.last4}${euros(GIFT)}`,
    `Store credit${euros(before)}`,
    `Visa •••• 4242${euros(byCard)}`,
  ]);
  const back = page.getByRole('region', { name: 'Refunds' }).getByRole('listitem');
  await expect(back.filter({ hasText: /^to Visa/ })).toContainText(euros(byCard));
  await expect(back.filter({ hasText: /^to Store credit/ })).toContainText(euros(200));
  expect(await violationsOn(page)).toEqual([]);
});

test('an order that a gift card pays in full asks for no card, and what is left stays on it', async ({ visitor }) => {
  const rest = restClient();
  const gift = await rest.giftCard(40_000);
  const page = await visitor();
  await checkOut(page, BACKPACK);
  await fillIn(page, `gift-${Date.now()}@example.com`);
  await page.getByLabel('Gift card code').fill(gift.code);
  await page.getByRole('button', { name: 'Use', exact: true }).click();
  const place = page.getByRole('button', { name: 'Place the order' });
  await expect(place).toBeVisible();
  await expect(page.locator('iframe')).toBeHidden();
  await place.click();
  const order = await rest.order(await paidOrder(page));
  expect(order.payments.map((payment) => payment.method)).toEqual(['gift_card']);
  expect(await rest.giftCardBalance(gift.id)).toEqual({ balance: 40_000, held: order.total_minor });
});

test('an agent issues a gift card: its code is shown once, and everything about it can be read by everybody', async ({ as }) => {
  const page = await as('agent');
  const axe = async () => expect(await violationsOn(page)).toEqual([]);
  await page.goto('/gift-cards');
  await page.getByRole('button', { name: 'Issue gift card' }).click();
  const dialog = page.getByRole('dialog', { name: 'Issue a gift card' });
  await dialog.getByLabel('Amount').fill('25.00');
  await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'Sold');
  await axe();
  await dialog.getByRole('button', { name: /^Issue .25\.00$/ }).click();
  const shown = page.getByRole('dialog', { name: /^Gift card over/ });
  const code = (await shown.getByText(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){4}$/).textContent()) ?? '';
  await axe();
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('link', { name: `•••• ${code.slice(-4)}` }).click();
  await expect(page.getByRole('heading', { name: `Gift card •••• ${code.slice(-4)}` })).toBeVisible();
  await expect(page.getByText(code)).toHaveCount(0);
  await axe();
  await page.getByRole('button', { name: 'Freeze' }).click();
  const freezing = page.getByRole('dialog', { name: /^Freeze/ });
  await freezing.getByRole('textbox').fill('Reported as lost');
  await freezing.getByRole('button', { name: 'Freeze' }).click();
  await expect(page.getByText('Frozen')).toBeVisible();
  const finance = await as('finance');
  await finance.goto('/gift-cards/liabilities');
  await expect(finance.getByRole('heading', { name: 'Owed by gift cards and credit' })).toBeVisible();
  expect(await violationsOn(finance)).toEqual([]);
});

test('an agent freezes a customer’s credit, lets it go, and takes some back', async ({ as }) => {
  const rest = restClient();
  const email = `credit-${Date.now()}@example.com`;
  const { sku } = await rest.stockedSku();
  await rest.placeOrder({ email, sku, wait: 20 });
  const credit = await rest.giveCredit(email, 1_000);
  const page = await as('agent');
  await page.goto(`/customers?q=${email}`);
  await page.getByRole('row').getByRole('link').first().click();
  const section = page.getByRole('region', { name: 'Store credit' });
  const care = async (action: string, verb: string, amount?: string) => {
    await section.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    if (amount) await dialog.getByLabel('Amount').fill(amount);
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('The parcel arrived after all');
    await dialog.getByRole('button', { name: verb }).click();
    await expect(dialog).toBeHidden();
  };
  await care('Freeze', 'Freeze credit');
  await expect(section).toContainText('(frozen)');
  await care('Unfreeze', 'Unfreeze credit');
  await expect(section).not.toContainText('(frozen)');
  await care('Take back', 'Take back €4.00', '4');
  await expect(section).toContainText('€6.00');
  expect(await rest.creditBalance(credit)).toBe(600);
});
