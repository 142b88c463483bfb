import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMailTransport } from '../../domains/notifications/provider.ts';
import { readEvents } from '../../platform/stored-events.ts';
import { type MailSimulator, startMailSimulator } from '../../simulators/mail/server.ts';
import { createFlows, type Flows } from '../flows.ts';
import { notifyCustomers } from '../notify-customer.ts';
import { FROM, LINKS } from '../testing/mail-world.ts';
import { type Account, type RailsHouse, railsHouse } from '../testing/rails-house.ts';

let h: RailsHouse;
let catcher: MailSimulator;
let flows: Flows;
beforeAll(async () => {
  h = await railsHouse();
  catcher = await startMailSimulator({ port: 0 });
  const mail = { transport: createMailTransport({ url: catcher.url, from: FROM }), links: LINKS };
  flows = createFlows({ pool: h.db.pool, home: 'EU', outside: h.outside, clock: () => new Date(), mail });
});
afterAll(async () => {
  await catcher?.close();
  await h?.close();
});

/** Tells customers of every event that waits for it, twice over, and sends what that made. */
async function mailOut(): Promise<void> {
  const { rows } = await h.db.pool.query<{ id: string }>(
    `SELECT event_id AS id FROM event_deliveries WHERE consumer = 'notify-customer' ORDER BY event_id`,
  );
  const events = await readEvents(
    h.db.pool,
    rows.map(({ id }) => id),
  );
  await Promise.all([1, 2].map(() => notifyCustomers(h.db.pool, events, new Date())));
  await Promise.all([flows.sendNotices(), flows.sendNotices()]);
}

async function named(name: string, amountMinor = 0n): Promise<Account & { readonly email: string }> {
  const account = await h.account(amountMinor);
  const email = `${name}-${account.customerId}@customer.example`.toLowerCase();
  await h.db.pool.query('UPDATE customers SET name = $2, email = $3, email_normalized = $3 WHERE id = $1', [
    account.customerId,
    name,
    email,
  ]);
  return { ...account, email };
}

const told = (who: { readonly email: string }) =>
  catcher
    .mails()
    .filter((mail) => mail.to === who.email)
    .map(({ subject }) => subject)
    .sort();

it('whoever receives money, is asked for it or gets it back from the bank reads of it once, without what strangers wrote', async () => {
  const [ana, ben] = [await named('Ana', 5_000n), await named('Ben')];
  const wish = { walletId: ana.walletId, to: { email: ben.email }, currency: 'EUR', note: 'Free coins at http://evil.example' };
  await flows.wallets.send({ ...wish, amountMinor: 700n }, ana.ctx());
  const ask = { ...wish, amountMinor: 250n };
  const { requestId } = await flows.wallets.request(ask, ana.ctx());
  await mailOut();
  await flows.wallets.payRequest({ requestId, walletId: ben.walletId }, ben.ctx());
  const withdrawn = { walletId: ana.walletId, bankAccountId: ana.bankAccountId };
  const [rejected, returned] = [
    await flows.rails.withdraw({ ...withdrawn, amountMinor: 1_100n }, ana.ctx()),
    await flows.rails.withdraw({ ...withdrawn, amountMinor: 1_200n }, ana.ctx()),
  ];
  await h.settle();
  await h.advance(rejected.id, 'rejected');
  await h.advance(returned.id, 'settled');
  await h.advance(returned.id, 'returned');
  await expect.poll(async () => (await h.payout(returned.id)).status).toBe('returned');
  await mailOut();

  expect(told(ben)).toEqual(['Ana asks you for €2.50', 'Ana sent you €7.00']);
  expect(told(ana)).toEqual([
    'Ben paid you €2.50',
    'Your withdrawal of €11.00 failed',
    'Your withdrawal of €12.00 came back',
    '€50.00 arrived in your wallet',
  ]);
  const [asked] = catcher.mails().filter(({ subject }) => subject.startsWith('Ana asks'));
  expect(asked?.text).toContain(LINKS.moneyRequest(requestId));
  expect(asked?.from).toMatchObject({ name: 'Waybill' });
  for (const { text, html } of catcher.mails()) expect(text + html).not.toContain('evil.example');
});

it('a request that was answered before its mail left is not mailed', async () => {
  const [ana, ben] = [await named('Cleo'), await named('Dan', 900n)];
  const wish = { walletId: ana.walletId, to: { email: ben.email }, amountMinor: 400n, currency: 'EUR' };
  const { requestId } = await flows.wallets.request(wish, ana.ctx());
  await flows.wallets.endRequest({ requestId, how: 'declined' }, ben.ctx());
  await mailOut();
  expect(told(ben)).toEqual(['€9.00 arrived in your wallet']);
  const { rows } = await h.db.pool.query(
    `SELECT status, reason FROM notifications WHERE kind = 'money_requested' AND customer_id = $1`,
    [ben.customerId],
  );
  expect(rows).toEqual([{ status: 'suppressed', reason: 'no_need' }]);
});
