import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { readEvents } from '../platform/stored-events.ts';
import { type MailSimulator, startMailSimulator } from '../simulators/mail/server.ts';
import { healthFigures } from '../views/homes.ts';
import { notifyCustomers } from './notify-customer.ts';
import { address, LINKS, mailWorld } from './testing/mail-world.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** What people have sent: again, to a customer, and to let somebody in. */
let w: OrderWorld;
let m: ReturnType<typeof mailWorld>;
let catcher: MailSimulator;
beforeAll(async () => {
  w = await orderWorld();
  m = mailWorld(w);
});
afterAll(() => w?.close());
beforeEach(async () => {
  catcher = await startMailSimulator({ port: 0 });
});
afterEach(async () => {
  await catcher.close();
  await m.forget();
});
const caughtFor = (email: string) => catcher.mails().filter((mail) => mail.to === email);

describe('a person has a mail sent again', () => {
  test('a new notice names the old one, goes to the address the order has now, and is audited', async () => {
    const { id } = await m.confirmed(address());
    const flows = m.mailing(catcher.url);
    await flows.sendNotices();
    const first = await m.only(id);
    const corrected = address();
    await w.db.ownerPool.query('UPDATE orders SET email = $2 WHERE id = $1', [id, corrected]);
    const { noticeId } = await flows.resendNotice({ noticeId: first.id, reason: null }, w.ctx(), 'again');
    expect(await flows.resendNotice({ noticeId: first.id, reason: null }, w.ctx(), 'again')).toEqual({
      noticeId,
      resends: first.id,
    });
    await expect(flows.resendNotice({ noticeId: first.id, reason: null }, w.ctx(), 'once more')).rejects.toThrow(
      'sent again already',
    );
    await flows.sendNotices();
    const [old, fresh] = await m.notices(id);
    expect(old).toMatchObject({ id: first.id, status: 'sent' });
    expect(fresh).toMatchObject({ id: noticeId, status: 'sent' });
    expect(caughtFor(corrected)).toMatchObject([{ message_id: `${noticeId}@shop.example` }]);
    const { rows } = await w.db.pool.query(`SELECT action, entity_id FROM audit_log WHERE entity = 'mail'`);
    expect(rows).toEqual([{ action: 'mail.resent', entity_id: first.id }]);
  });

  test('one in doubt takes a reason; one on its way waits', async () => {
    const { id } = await m.confirmed(address());
    const flows = m.mailing(catcher.url);
    const { id: noticeId } = await m.only(id);
    await expect(flows.resendNotice({ noticeId, reason: null }, w.ctx())).rejects.toThrow('on its way already');
    await catcher.switches.set({ drop_reply: { next: 1 } });
    await flows.sendNotices();
    await expect(flows.resendNotice({ noticeId, reason: null }, w.ctx())).rejects.toThrow('may have arrived');
    expect((await healthFigures(w.db.pool)).unsentMails).toBe(1);
    await flows.resendNotice({ noticeId, reason: 'The customer asked on the phone' }, w.ctx());
    expect((await healthFigures(w.db.pool)).unsentMails).toBe(0);
    await flows.sendNotices();
    expect((await m.notices(id)).map((notice) => notice.status)).toEqual(['in_doubt', 'sent']);
  });
});

test('a message of an agent is sent as it was previewed, and is an event of the order', async () => {
  const email = address();
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email, name: 'Carla Rossi' } });
  const flows = m.mailing(catcher.url);
  const input = { orderId: order.id, subject: 'About your order', body: 'Hello <b>Carla</b>,\n\nit takes a day.' };
  const preview = await flows.previewMessage(input, w.ctx());
  expect(preview).toMatchObject({ recipient: email, subject: 'About your order' });
  const { noticeId } = await flows.messageCustomer(input, w.ctx(), 'one');
  expect(await flows.messageCustomer(input, w.ctx(), 'one')).toMatchObject({ noticeId });
  await flows.sendNotices();
  const [mail] = caughtFor(email);
  expect(mail?.html.trim()).toBe(preview.html.trim());
  expect(mail?.html).toContain('Hello &lt;b&gt;Carla&lt;/b&gt;,');
  const { rows } = await w.db.pool.query(`SELECT data FROM events WHERE aggregate_id = $1 AND type = 'order.messaged'`, [
    order.id,
  ]);
  expect(rows).toEqual([{ data: { noticeId } }]);
  await w.expectBooksAgree();
});

test('canned messages are in the customer’s language and name the order', async () => {
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email: address(), name: 'Carla Rossi' } });
  await w.db.ownerPool.query(`UPDATE customers SET locale = 'de' WHERE id = (SELECT customer_id FROM orders WHERE id = $1)`, [
    order.id,
  ]);
  const { locale, messages } = await w.flows.cannedMessages(order.id);
  expect(locale).toBe('de');
  expect(messages.map((message) => message.name)).toContain('delay');
  for (const message of messages) {
    expect(`${message.subject} ${message.body}`).toContain(order.number);
    expect(message.body).toMatch(/^Guten Tag Carla Rossi,[\s\S]*Acme$/);
  }
});

test('a payment link is mailed for a checkout that has no order yet; one that cannot be paid any more is not', async () => {
  const email = address();
  const sendLink = async () => {
    const { id } = await w.flows.checkouts.create(
      { merchantId: w.merchantId, source: 'console', lines: [{ sku: 'MUG', quantity: 2 }], customer: { email }, locale: 'de' },
      w.ctx(),
    );
    await w.flows.checkouts.sendLink({ checkoutId: id }, w.ctx());
    return id;
  };
  const flows = m.mailing(catcher.url);
  const withdrawn = await sendLink();
  await w.flows.checkouts.cancel({ checkoutId: withdrawn }, w.ctx());
  const open = await sendLink();
  const { rows: told } = await w.db.pool.query<{ id: string }>(`SELECT id FROM events WHERE type = 'checkout.link_sent'`);
  const events = await readEvents(
    w.db.pool,
    told.map(({ id }) => id),
  );
  await notifyCustomers(w.db.pool, events, w.clock());
  await flows.sendNotices();
  expect(caughtFor(email)).toMatchObject([
    { subject: 'Ihre Zahlung an Acme', text: expect.stringContaining(`https://shop.example/pay/${open}`) },
  ]);
  const { rows } = await w.db.pool.query('SELECT status, reason FROM notifications ORDER BY status');
  expect(rows).toEqual([
    { status: 'sent', reason: null },
    { status: 'suppressed', reason: 'no_need' },
  ]);
});

describe('a sign-in link', () => {
  const link = { kind: 'reset_link', email: 'ana@staff.example', locale: 'en', sealedUrl: 'sealed-secret', from: null } as const;
  const row = async () => (await w.db.pool.query('SELECT status, data, html, body FROM notifications')).rows[0];

  test('is mailed once per link, and afterwards neither the link nor the mail is kept', async () => {
    const flows = m.mailing(catcher.url);
    const linkId = newId();
    const expiresAt = new Date(w.clock().getTime() + 3_600_000);
    await flows.mailLink({ ...link, linkId, expiresAt }, w.ctx());
    await flows.mailLink({ ...link, linkId, expiresAt }, w.ctx());
    await flows.sendNotices();
    expect(caughtFor(link.email)).toMatchObject([
      { from: { name: 'Waybill' }, text: expect.stringContaining(LINKS.open('sealed-secret')) },
    ]);
    expect(await row()).toEqual({
      status: 'sent',
      data: { expiresAt: expiresAt.toISOString(), from: null },
      html: null,
      body: null,
    });
    const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM notifications');
    await expect(flows.resendNotice({ noticeId: String(rows[0]?.id), reason: 'x' }, w.ctx())).rejects.toThrow('sent once');
  });

  test('that ran out before it could be sent is not sent', async () => {
    const flows = m.mailing(catcher.url);
    await flows.mailLink({ ...link, linkId: newId(), expiresAt: new Date(w.clock().getTime() - 1) }, w.ctx());
    await flows.sendNotices();
    expect(await row()).toMatchObject({ status: 'failed', data: expect.not.objectContaining({ sealedUrl: expect.anything() }) });
    expect(catcher.mails()).toEqual([]);
  });
});
