import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { UNDO_WINDOW_MS } from '../server/kernel/undo.ts';
import { choose } from './fixtures/choose.ts';
import { euros } from './fixtures/money.ts';
import { settle } from './fixtures/pages.ts';
import { restClient } from './fixtures/rest.ts';
import { CARDS, checkOut, fillIn, paidOrder, payButton, typeCard } from './fixtures/shop.ts';
import { mail, psp } from './fixtures/simulators.ts';
import { expect, test } from './fixtures/test.ts';

/**
 * The ten minutes of the README, played as they are written there: buy, watch, break the provider, buy again, refund a unit, read the mail,
 * look at the books. It takes the pictures of docs/screenshots on its way where PICTURES=1 asks for them (`npm run screenshots -- --docs`).
 */
const PICTURES = process.env.PICTURES === '1';
const FOLDER = join(import.meta.dirname, '..', 'docs', 'screenshots');
const BACKPACK = 'NL-0001';
/** A check runs each minute. */
const CHECKED_WITHIN_MS = 90_000;
const WIDE = { width: 1440, height: 900 };

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(FOLDER, { recursive: true });
  await settle(page);
  await page.screenshot({ path: join(FOLDER, `script-${name}.png`), animations: 'disabled' });
}

test.afterEach(() => psp.calm());

test('ten minutes that convince', async ({ as, visitor }) => {
  test.setTimeout(240_000);
  const rest = restClient();
  const email = `ten-minutes-${randomUUID().slice(0, 8)}@example.com`;
  const admin = await as('admin', { viewport: WIDE });
  const customer = await visitor({ viewport: WIDE });

  const first = await test.step('somebody buys in the shop while the console looks on', async () => {
    await admin.goto('/orders');
    await admin.getByRole('main').getByRole('row').nth(1).waitFor();
    await customer.goto('/shop');
    await picture(customer, '1-shop');
    await checkOut(customer, BACKPACK);
    await fillIn(customer, email);
    await typeCard(customer, CARDS.good);
    await picture(customer, '2-pay');
    await payButton(customer).click();
    const number = await paidOrder(customer);
    const row = admin.getByRole('row').filter({ hasText: number });
    await expect(row).toBeVisible();
    await expect(row).toContainText('Confirmed');
    await picture(admin, '3-orders');
    return number;
  });

  await test.step('the provider is told to do what it is asked and to keep its answer to itself', async () => {
    await admin.goto('/dev/simulators');
    await admin.getByRole('button', { name: /Done, but no answer/ }).click();
    const dialog = admin.getByRole('dialog', { name: 'Done, but no answer' });
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await expect(dialog).toBeHidden();
    await picture(admin, '4-simulators');
  });

  const second = await test.step('they buy again: the order is resolved by asking, and charged once', async () => {
    await checkOut(customer, BACKPACK);
    await fillIn(customer, email);
    await typeCard(customer, CARDS.good);
    await payButton(customer).click();
    const number = await paidOrder(customer);
    const order = await rest.order(number);
    expect(order).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    expect((await psp.log(order.id)).map((entry) => entry.kind)).toEqual(['authorization']);
    await admin.goto(`/orders/${number}`);
    await expect(admin.getByRole('heading', { level: 1 })).toContainText(number);
    await picture(admin, '5-resolved');
    return order;
  });
  expect(second.number).not.toBe(first);

  await test.step('it is shipped, and one unit is refunded after a look at what that would do', async () => {
    await admin.getByRole('button', { name: 'Ship', exact: true }).click();
    await admin
      .getByRole('dialog')
      .getByRole('button', { name: /^Ship \d/ })
      .click();
    await expect.poll(async () => (await rest.order(second.number)).payment_status).toBe('CAPTURED');
    await admin.getByRole('button', { name: 'Refund', exact: true }).click();
    const dialog = admin.getByRole('dialog', { name: `Refund ${second.number}` });
    await dialog.getByLabel(`${BACKPACK} (of 1)`).fill('1');
    await choose(dialog.getByRole('combobox', { name: 'Reason' }), 'Damaged');
    const [line] = (await rest.order(second.number)).lines;
    const amount = await rest.previewRefund(second.number, line?.id ?? '', 1);
    const refund = dialog.getByRole('button', { name: `Refund ${euros(amount)}` });
    await refund.waitFor();
    await picture(admin, '6-refund');
    await refund.click();
    await expect(dialog).toBeHidden();
    await expect
      .poll(async () => (await rest.order(second.number)).refunded_minor, { timeout: UNDO_WINDOW_MS + 20_000 })
      .toBe(amount);
  });

  await test.step('the mails and the tracking page tell the customer', async () => {
    await expect
      .poll(async () => (await mail.to(email)).map((one) => one.subject).filter((one) => /confirmed/.test(one)).length)
      .toBe(2);
    await expect.poll(async () => (await mail.to(email)).some((one) => /refund/i.test(one.subject))).toBe(true);
    await admin.goto('/channels/mail');
    await expect(admin.getByRole('row').filter({ hasText: second.number }).first()).toContainText('Sent');
    await picture(admin, '7-mail');
    await customer.goto((await rest.order(second.number)).tracking_url);
    await expect(customer.getByRole('heading', { name: `Order ${second.number}` })).toBeVisible();
    await picture(customer, '8-tracking');
  });

  await test.step('the books are in order, by a check that saw all of it', async () => {
    const done = Date.now();
    const latest = async (): Promise<number> => {
      const answer = await admin.request.get('/api/trpc/integrity.latest');
      const body = (await answer.json()) as { result: { data: { json: { latest: { checkedAt: string } | null } } } };
      return Date.parse(body.result.data.json.latest?.checkedAt ?? '1970-01-01');
    };
    await expect.poll(latest, { timeout: CHECKED_WITHIN_MS }).toBeGreaterThan(done);
    await admin.goto('/ops/integrity');
    await expect(admin.getByText('Everything holds.')).toBeVisible();
    await picture(admin, '9-integrity');
  });
});
