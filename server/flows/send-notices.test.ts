import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMailTransport } from '../domains/notifications/provider.ts';
import { MAX_ATTEMPTS } from '../domains/notifications/rules.ts';
import { newId } from '../kernel/ids.ts';
import { readEvents } from '../platform/stored-events.ts';
import { type MailSimulator, startMailSimulator } from '../simulators/mail/server.ts';
import { healthFigures } from '../views/homes.ts';
import { createFlows, type Flows } from './flows.ts';
import { notifyCustomers } from './notify-customer.ts';
import { LEASE_MS } from './send-notices.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** Mail is sent to real SMTP listeners, which fail as real ones do. */
let w: OrderWorld;
let catcher: MailSimulator;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w?.close());
beforeEach(async () => {
  catcher = await startMailSimulator({ port: 0 });
});
afterEach(async () => {
  await catcher.close();
  await w.db.ownerPool.query('DELETE FROM notifications; DELETE FROM notification_attempts;');
});

const FROM = 'orders@shop.example';
const LINKS = {
  track: (orderId: string) => `https://shop.example/track/${orderId}`,
  pay: (checkoutId: string) => `https://shop.example/pay/${checkoutId}`,
  open: (sealed: string) => `https://shop.example/sign-in/${sealed}`,
};

/** A house that mails to this address. */
function mailing(url: string, limits: { deadlineMs?: number; silenceMs?: number } = {}): Flows {
  const transport = createMailTransport({ url, from: FROM, ...limits });
  return createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: w.clock, mail: { transport, links: LINKS } });
}

/** An order that is confirmed, and its notices queued as the consumer does. */
async function confirmed(email: string): Promise<{ id: string; number: string }> {
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], customer: { email, name: 'Carla Rossi' } });
  await w.settle();
  await told(order.id);
  return order;
}

async function told(orderId: string): Promise<void> {
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM events WHERE aggregate_id = $1', [orderId]);
  await notifyCustomers(
    w.db.pool,
    await readEvents(
      w.db.pool,
      rows.map((row) => row.id),
    ),
    w.clock(),
  );
}

const notices = async (orderId: string) =>
  (
    await w.db.pool.query<
      Record<'kind' | 'status' | 'reason', string> & { id: string; attempts: number; next_at: Date | null; body: string }
    >('SELECT id, kind, status, reason, attempts, next_at, body FROM notifications WHERE order_id = $1 ORDER BY created_at, id', [
      orderId,
    ])
  ).rows;
const attempts = async (noticeId: string) =>
  (
    await w.db.pool.query('SELECT attempt, outcome, answer FROM notification_attempts WHERE notice_id = $1 ORDER BY attempt', [
      noticeId,
    ])
  ).rows;
const only = async (orderId: string) => {
  const all = await notices(orderId);
  expect(all).toHaveLength(1);
  return all[0] as (typeof all)[number];
};
const caughtFor = (email: string) => catcher.mails().filter((mail) => mail.to === email);
const address = () => `carla-${newId().slice(-12)}@customer.example`;

test('a confirmed order is mailed once, from the merchant, with a Message-ID that is the notice’s', async () => {
  const email = address();
  const { id, number } = await confirmed(email);
  const flows = mailing(catcher.url);
  await Promise.all([flows.sendNotices(), flows.sendNotices(), mailing(catcher.url).sendNotices()]);
  await told(id);
  await flows.sendNotices();

  const notice = await only(id);
  expect(notice).toMatchObject({ kind: 'order_confirmed', status: 'sent', attempts: 1, reason: null, next_at: null });
  const [mail, ...more] = caughtFor(email);
  expect(more).toEqual([]);
  expect(mail).toMatchObject({
    from: { name: 'Acme', address: FROM },
    subject: `Order ${number} confirmed`,
    message_id: `${notice.id}@shop.example`,
  });
  expect(mail?.text).toContain(LINKS.track(id));
  expect(mail?.html).toContain(LINKS.track(id));
  expect(mail?.headers).toContainEqual({ name: 'auto-submitted', value: 'auto-generated' });
  expect(await attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'accepted', answer: expect.stringMatching(/^250 /) }]);
});

describe('what was certainly not accepted is tried again', () => {
  test.each([
    ['the connection breaks before DATA', 'drop_before'],
    ['the server greylists', 'rate_limit'],
  ] as const)('%s', async (_what, fault) => {
    const email = address();
    await catcher.switches.set({ [fault]: { next: 1 } });
    const { id } = await confirmed(email);
    const flows = mailing(catcher.url);
    await flows.sendNotices();
    const first = await only(id);
    expect(first).toMatchObject({ status: 'queued', attempts: 1 });
    expect(first.next_at?.getTime()).toBeGreaterThan(w.clock().getTime());
    expect(await flows.sendNotices()).toBe(0);

    w.advanceClock(60_000);
    await flows.sendNotices();
    expect(await only(id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(caughtFor(email)).toHaveLength(1);
    expect((await attempts(first.id)).map((one) => one.outcome)).toEqual(['deferred', 'accepted']);
  });

  test('the server is down; after so many attempts the notice has failed, and is shown', async () => {
    const { id } = await confirmed(address());
    const flows = mailing(catcher.url);
    await catcher.close();
    for (let n = 1; n <= MAX_ATTEMPTS; n++) {
      await flows.sendNotices();
      w.advanceClock(9 * 3_600_000);
    }
    expect(await only(id)).toMatchObject({ status: 'failed', reason: 'exhausted', attempts: MAX_ATTEMPTS });
    catcher = await startMailSimulator({ port: 0 });
  });
});

describe('what may have been accepted is never sent again by itself', () => {
  test('the connection breaks after DATA: in doubt, although the mail is there', async () => {
    const email = address();
    await catcher.switches.set({ drop_reply: { next: 1 } });
    const { id } = await confirmed(email);
    const flows = mailing(catcher.url);
    await flows.sendNotices();
    expect(await only(id)).toMatchObject({ status: 'in_doubt', reason: 'no_answer', attempts: 1 });
    w.advanceClock(86_400_000);
    await flows.sweepNotices();
    await flows.sendNotices();
    expect(caughtFor(email)).toHaveLength(1);
    expect(await only(id)).toMatchObject({ status: 'in_doubt', attempts: 1 });
  });

  test('a server that falls silent after the message is in doubt at the deadline; before it, tried again', async () => {
    for (const [silentAfter, status] of [
      ['DATA', 'in_doubt'],
      ['RCPT', 'queued'],
    ] as const) {
      const silent = await silentServer(silentAfter);
      const { id } = await confirmed(address());
      await mailing(silent.url, { deadlineMs: 700, silenceMs: 400 }).sendNotices();
      expect(await only(id), silentAfter).toMatchObject({ status });
      await w.db.ownerPool.query('DELETE FROM notifications');
      await silent.close();
    }
  });

  test('a worker killed while it sends leaves the notice in doubt once its lease is over', async () => {
    const email = address();
    const { id } = await confirmed(email);
    const hung = await silentServer('DATA');
    // The worker that dies: it never comes back from the mail server.
    const dying = mailing(hung.url, { deadlineMs: 600_000, silenceMs: 600_000 }).sendNotices();
    await expect.poll(() => only(id)).toMatchObject({ status: 'sending' });
    const survivor = mailing(catcher.url);
    await survivor.sweepNotices();
    expect(await only(id)).toMatchObject({ status: 'sending' });

    w.advanceClock(LEASE_MS + 1_000);
    expect(await survivor.sweepNotices()).toBe(1);
    const notice = await only(id);
    expect(notice).toMatchObject({ status: 'in_doubt', reason: 'interrupted' });
    expect(await attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'unknown', answer: null }]);
    await survivor.sendNotices();
    expect(caughtFor(email)).toEqual([]);
    // It was not dead after all, and cannot say what became of it either: still in doubt.
    await hung.close();
    await dying;
    expect(await only(id)).toMatchObject({ status: 'in_doubt' });
  });

  test('a worker whose lease ran out and that learns the answer late says so', async () => {
    const email = address();
    const { id } = await confirmed(email);
    await catcher.switches.set({ slow_ms: { value: 600 } });
    const flows = mailing(catcher.url);
    const slow = flows.sendNotices();
    await expect.poll(() => only(id)).toMatchObject({ status: 'sending' });
    w.advanceClock(LEASE_MS + 1_000);
    expect(await flows.sweepNotices()).toBe(1);
    await slow;
    expect(await only(id)).toMatchObject({ status: 'sent', reason: null });
    expect(caughtFor(email)).toHaveLength(1);
  });
});

test('a recipient that is refused for good has failed at once', async () => {
  const email = address().replace('@', '+decline@');
  const { id } = await confirmed(email);
  await mailing(catcher.url).sendNotices();
  const notice = await only(id);
  expect(notice).toMatchObject({ status: 'failed', reason: 'refused', attempts: 1 });
  expect(await attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'refused', answer: expect.stringContaining('5.1.1') }]);
});

test('without a mail server notices are recorded as not sent, and none is sent later', async () => {
  const email = address();
  const { id } = await confirmed(email);
  await w.flows.sendNotices();
  expect(await only(id)).toMatchObject({ status: 'suppressed', reason: 'mail_off' });
  await mailing(catcher.url).sendNotices();
  expect(caughtFor(email)).toEqual([]);
});

test('old news is not mailed', async () => {
  const email = address();
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email, name: 'Carla Rossi' } });
  await w.settle();
  w.advanceClock(3 * 86_400_000);
  await told(order.id);
  expect(await only(order.id)).toMatchObject({ status: 'suppressed', reason: 'too_old' });
});

test('what cannot be an address is not tried', async () => {
  const { id } = await confirmed(address());
  await w.db.ownerPool.query(`UPDATE notifications SET recipient = E'a@b.example\\r\\nBcc: all@b.example'`);
  await mailing(catcher.url).sendNotices();
  expect(await only(id)).toMatchObject({ status: 'failed', reason: 'bad_address', attempts: 0 });
});

test('a sum that does not add up is not sent', async () => {
  const email = address();
  const { id } = await confirmed(email);
  const shift = (by: number) =>
    w.db.ownerPool.query(
      'UPDATE order_lines SET net_minor = net_minor + $2, total_minor = total_minor + $2 WHERE order_id = $1',
      [id, by],
    );
  await shift(1);
  await mailing(catcher.url).sendNotices();
  await shift(-1);
  expect(await only(id)).toMatchObject({ status: 'failed', reason: 'not_writable', attempts: 0 });
  expect(caughtFor(email)).toEqual([]);
});

describe('a person has a mail sent again', () => {
  test('a new notice names the old one, goes to the address the order has now, and is audited', async () => {
    const { id } = await confirmed(address());
    const flows = mailing(catcher.url);
    await flows.sendNotices();
    const first = await only(id);
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
    const [old, fresh] = await notices(id);
    expect(old).toMatchObject({ id: first.id, status: 'sent' });
    expect(fresh).toMatchObject({ id: noticeId, status: 'sent' });
    expect(caughtFor(corrected)).toMatchObject([{ message_id: `${noticeId}@shop.example` }]);
    const { rows } = await w.db.pool.query(`SELECT action, entity_id FROM audit_log WHERE entity = 'mail'`);
    expect(rows).toEqual([{ action: 'mail.resent', entity_id: first.id }]);
  });

  test('one in doubt takes a reason; one on its way waits', async () => {
    const { id } = await confirmed(address());
    const flows = mailing(catcher.url);
    const { id: noticeId } = await only(id);
    await expect(flows.resendNotice({ noticeId, reason: null }, w.ctx())).rejects.toThrow('on its way already');
    await catcher.switches.set({ drop_reply: { next: 1 } });
    await flows.sendNotices();
    await expect(flows.resendNotice({ noticeId, reason: null }, w.ctx())).rejects.toThrow('may have arrived');
    expect((await healthFigures(w.db.pool)).unsentMails).toBe(1);
    await flows.resendNotice({ noticeId, reason: 'The customer asked on the phone' }, w.ctx());
    expect((await healthFigures(w.db.pool)).unsentMails).toBe(0);
    await flows.sendNotices();
    expect((await notices(id)).map((notice) => notice.status)).toEqual(['in_doubt', 'sent']);
  });
});

test('a message of an agent is sent as it was previewed, and is an event of the order', async () => {
  const email = address();
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email, name: 'Carla Rossi' } });
  const flows = mailing(catcher.url);
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

describe('a sign-in link', () => {
  const link = { kind: 'reset_link', email: 'ana@staff.example', locale: 'en', sealedUrl: 'sealed-secret', from: null } as const;
  const row = async () => (await w.db.pool.query('SELECT status, data, html, body FROM notifications')).rows[0];

  test('is mailed once per link, and afterwards neither the link nor the mail is kept', async () => {
    const flows = mailing(catcher.url);
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
    const flows = mailing(catcher.url);
    await flows.mailLink({ ...link, linkId: newId(), expiresAt: new Date(w.clock().getTime() - 1) }, w.ctx());
    await flows.sendNotices();
    expect(await row()).toMatchObject({ status: 'failed', data: expect.not.objectContaining({ sealedUrl: expect.anything() }) });
    expect(catcher.mails()).toEqual([]);
  });
});

/** A mail server that stops answering: after it was told the recipient, or after it has the whole message. */
async function silentServer(after: 'RCPT' | 'DATA'): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('220 silent\r\n');
    socket.on('data', (bytes) => {
      const said = bytes.toString();
      if (/^EHLO/i.test(said)) socket.write('250 silent\r\n');
      else if (/^MAIL/i.test(said)) socket.write('250 ok\r\n');
      else if (/^RCPT/i.test(said) && after === 'DATA') socket.write('250 ok\r\n');
      else if (/^DATA/i.test(said)) socket.write('354 go on\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
