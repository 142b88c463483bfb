import { choose } from './fixtures/choose.ts';
import { ownSku } from './fixtures/goods.ts';
import { euros } from './fixtures/money.ts';
import { restClient } from './fixtures/rest.ts';
import { demoUser, expect, test } from './fixtures/test.ts';

const rest = restClient();
const GIFT = 6_000;
const GOODWILL = 300;

test('an order on two tenders: part is sent, the rest cancelled, goodwill given, a unit exchanged; every cent is somewhere', async ({
  as,
}) => {
  test.slow();
  const sku = await ownSku({ HAM: 10 });
  const gift = await rest.giftCard(GIFT);
  const { email } = demoUser('customer');
  const { number, total_minor: total, lines } = await rest.placeOrder({ email, sku, quantity: 3, giftCard: gift.code, wait: 20 });
  const lineId = lines[0]?.id as string;
  const until = (what: Partial<Record<'status' | 'fulfilment_status' | 'captured_minor' | 'refunded_minor', unknown>>) =>
    expect.poll(() => rest.order(number), { timeout: 30_000, message: number }).toMatchObject(what);
  await until({ fulfilment_status: 'ALLOCATED' });
  await rest.call('POST', `/orders/${number}/shipments`, { units: [{ line_id: lineId, quantity: 2 }] });
  await until({ status: 'PARTIALLY_FULFILLED' });

  // What is left is cancelled: the card gives less, the gift card what it was to give.
  const agent = await as('agent');
  await agent.goto(`/orders/${number}`);
  await agent.getByRole('button', { name: 'Cancel', exact: true }).click();
  const cancel = agent.getByRole('dialog', { name: `Cancel ${number}` });
  await expect(cancel).toContainText('The rest of the order stays.');
  await choose(cancel.getByRole('combobox', { name: 'Reason' }), 'The customer asked');
  // A unit's price is frozen, to the cent: the last of three may cost one more than the first.
  const confirm = cancel.getByRole('button', { name: /^Cancel €/ });
  const cancelled = Math.round(Number(((await confirm.textContent()) ?? '').replace(/[^\d.]/g, '')) * 100);
  expect(Math.abs(cancelled - 5_000)).toBeLessThanOrEqual(1);
  await confirm.click();
  const kept = total - cancelled;
  await until({ status: 'FULFILLED', captured_minor: kept });

  // Goodwill leaves the order's value alone.
  await agent.getByRole('button', { name: 'Refund', exact: true }).click();
  const refund = agent.getByRole('dialog', { name: `Refund ${number}` });
  await refund.getByRole('radiogroup', { name: 'What to give back' }).getByText('Goodwill').click();
  await refund.getByRole('textbox', { name: /^Amount/ }).fill((GOODWILL / 100).toFixed(2));
  await choose(refund.getByRole('combobox', { name: 'Reason' }), 'Too late');
  await refund.getByRole('button', { name: `Refund ${euros(GOODWILL)}` }).click();
  await until({ status: 'FULFILLED', refunded_minor: GOODWILL });

  // One unit comes back, and another one is sent in its place at no charge.
  const [parcel] = (await rest.order(number)).shipments;
  await rest.call('POST', `/shipments/${parcel?.id}/updates`, { status: 'DELIVERED' });
  await until({ fulfilment_status: 'DELIVERED' });
  const back = [{ line_id: lineId, quantity: 1 }];
  const asked = { wants: 'exchange', approve: true, label: false, lines: [{ ...back[0], reason: 'does_not_fit' }] };
  const { number: returned } = await rest.call<{ number: string }>('POST', `/orders/${number}/returns`, asked);
  await rest.call('POST', `/returns/${returned}/receive`, { node: 'HAM' });
  const looked = [{ ...back[0], verdict: 'accept', stock: 'sellable' }];
  await rest.call('POST', `/returns/${returned}/inspect`, { lines: looked });
  await agent.goto(`/returns/${returned}`);
  await agent.getByRole('button', { name: 'Settle' }).click();
  const settle = agent.getByRole('dialog', { name: `Settle ${returned}` });
  await choose(settle.getByRole('combobox', { name: 'How' }), 'Exchange');
  await settle.getByLabel(/SKU that is sent instead/).fill(sku);
  await expect(settle).toContainText(`Goes back beside the exchange${euros(0)}`);
  await settle.getByRole('button', { name: 'Settle', exact: true }).click();
  await until({ status: 'PARTIALLY_FULFILLED', fulfilment_status: 'ALLOCATED' });
  await rest.ship(number);
  await until({ status: 'FULFILLED', captured_minor: kept, refunded_minor: GOODWILL });

  // Each tender gave what it was to give, and the card got the goodwill.
  const byMethod = new Map((await rest.order(number)).payments.map((each) => [each.method, each]));
  expect(byMethod.get('gift_card')).toMatchObject({ captured_minor: GIFT, refunded_minor: 0 });
  expect(byMethod.get('card')).toMatchObject({ captured_minor: kept - GIFT, refunded_minor: GOODWILL });
  await agent.goto(`/orders/${number}`);
  await expect(agent.getByRole('main')).toContainText(euros(kept));
});
