import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MAX_ATTEMPTS } from '../domains/notifications/rules.ts';
import { readEvents } from '../platform/stored-events.ts';
import { type MailSimulator, startMailSimulator } from '../simulators/mail/server.ts';
import { LEASE_MS } from './send-notices.ts';
import { address, FROM, LINKS, mailWorld, silentServer } from './testing/mail-world.ts';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** Mail is sent to real SMTP listeners, which fail as real ones do. */
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

test('a confirmed order is mailed once, from the merchant, with a Message-ID that is the notice’s', async () => {
  const email = address();
  const { id, number } = await m.confirmed(email);
  const flows = m.mailing(catcher.url);
  await Promise.all([flows.sendNotices(), flows.sendNotices(), m.mailing(catcher.url).sendNotices()]);
  await m.told(id);
  await flows.sendNotices();

  const notice = await m.only(id);
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
  expect(await m.attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'accepted', answer: expect.stringMatching(/^250 /) }]);
});

describe('what was certainly not accepted is tried again', () => {
  test.each([
    ['the connection breaks before DATA', 'drop_before'],
    ['the server greylists', 'rate_limit'],
  ] as const)('%s', async (_what, fault) => {
    const email = address();
    await catcher.switches.set({ [fault]: { next: 1 } });
    const { id } = await m.confirmed(email);
    const flows = m.mailing(catcher.url);
    await flows.sendNotices();
    const first = await m.only(id);
    expect(first).toMatchObject({ status: 'queued', attempts: 1 });
    expect(first.next_at?.getTime()).toBeGreaterThan(w.clock().getTime());
    expect(await flows.sendNotices()).toBe(0);

    w.advanceClock(60_000);
    await flows.sendNotices();
    expect(await m.only(id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(caughtFor(email)).toHaveLength(1);
    expect((await m.attempts(first.id)).map((one) => one.outcome)).toEqual(['deferred', 'accepted']);
  });

  test('the server is down; after so many attempts the notice has failed, and is shown', async () => {
    const { id } = await m.confirmed(address());
    const flows = m.mailing(catcher.url);
    await catcher.close();
    for (let n = 1; n <= MAX_ATTEMPTS; n++) {
      await flows.sendNotices();
      w.advanceClock(9 * 3_600_000);
    }
    expect(await m.only(id)).toMatchObject({ status: 'failed', reason: 'exhausted', attempts: MAX_ATTEMPTS });
    catcher = await startMailSimulator({ port: 0 });
  });
});

describe('what may have been accepted is never sent again by itself', () => {
  test('the connection breaks after DATA: in doubt, although the mail is there', async () => {
    const email = address();
    await catcher.switches.set({ drop_reply: { next: 1 } });
    const { id } = await m.confirmed(email);
    const flows = m.mailing(catcher.url);
    await flows.sendNotices();
    expect(await m.only(id)).toMatchObject({ status: 'in_doubt', reason: 'no_answer', attempts: 1 });
    w.advanceClock(86_400_000);
    await flows.sweepNotices();
    await flows.sendNotices();
    expect(caughtFor(email)).toHaveLength(1);
    expect(await m.only(id)).toMatchObject({ status: 'in_doubt', attempts: 1 });
  });

  test('a server that falls silent after the message is in doubt at the deadline; before it, tried again', async () => {
    for (const [silentAfter, status] of [
      ['DATA', 'in_doubt'],
      ['RCPT', 'queued'],
    ] as const) {
      const silent = await silentServer(silentAfter);
      const { id } = await m.confirmed(address());
      await m.mailing(silent.url, { deadlineMs: 700, silenceMs: 400 }).sendNotices();
      expect(await m.only(id), silentAfter).toMatchObject({ status });
      await w.db.ownerPool.query('DELETE FROM notifications');
      await silent.close();
    }
  });

  test('a worker killed while it sends leaves the notice in doubt once its lease is over', async () => {
    const email = address();
    const { id } = await m.confirmed(email);
    const hung = await silentServer('DATA');
    // The worker that dies: it never comes back from the mail server.
    const dying = m.mailing(hung.url, { deadlineMs: 600_000, silenceMs: 600_000 }).sendNotices();
    await expect.poll(() => m.only(id)).toMatchObject({ status: 'sending' });
    const survivor = m.mailing(catcher.url);
    await survivor.sweepNotices();
    expect(await m.only(id)).toMatchObject({ status: 'sending' });

    w.advanceClock(LEASE_MS + 1_000);
    expect(await survivor.sweepNotices()).toBe(1);
    const notice = await m.only(id);
    expect(notice).toMatchObject({ status: 'in_doubt', reason: 'interrupted' });
    expect(await m.attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'unknown', answer: null }]);
    await survivor.sendNotices();
    expect(caughtFor(email)).toEqual([]);
    // It was not dead after all, and cannot say what became of it either: still in doubt.
    await hung.close();
    await dying;
    expect(await m.only(id)).toMatchObject({ status: 'in_doubt' });
  });

  test('a worker whose lease ran out and that learns the answer late says so', async () => {
    const email = address();
    const { id } = await m.confirmed(email);
    await catcher.switches.set({ slow_ms: { value: 600 } });
    const flows = m.mailing(catcher.url);
    const slow = flows.sendNotices();
    await expect.poll(() => m.only(id)).toMatchObject({ status: 'sending' });
    w.advanceClock(LEASE_MS + 1_000);
    expect(await flows.sweepNotices()).toBe(1);
    await slow;
    expect(await m.only(id)).toMatchObject({ status: 'sent', reason: null });
    expect(caughtFor(email)).toHaveLength(1);
  });
});

test('a recipient that is refused for good has failed at once', async () => {
  const email = address().replace('@', '+decline@');
  const { id } = await m.confirmed(email);
  await m.mailing(catcher.url).sendNotices();
  const notice = await m.only(id);
  expect(notice).toMatchObject({ status: 'failed', reason: 'refused', attempts: 1 });
  expect(await m.attempts(notice.id)).toEqual([{ attempt: 1, outcome: 'refused', answer: expect.stringContaining('5.1.1') }]);
});

test('without a mail server notices are recorded as not sent, and none is sent later', async () => {
  const email = address();
  const { id } = await m.confirmed(email);
  await w.flows.sendNotices();
  expect(await m.only(id)).toMatchObject({ status: 'suppressed', reason: 'mail_off' });
  await m.mailing(catcher.url).sendNotices();
  expect(caughtFor(email)).toEqual([]);
});

test('a process that sends no mail records at once that none was sent, and once only', async () => {
  const email = address();
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email, name: 'Carla Rossi' } });
  await w.settle();
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM events WHERE aggregate_id = $1', [order.id]);
  const events = await readEvents(
    w.db.pool,
    rows.map((row) => row.id),
  );
  expect([await w.flows.notifyCustomers(events), await w.flows.notifyCustomers(events)]).toEqual([1, 0]);
  expect(await m.only(order.id)).toMatchObject({ status: 'suppressed', reason: 'mail_off', next_at: null });
});

test('old news is not mailed', async () => {
  const email = address();
  const order = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }], customer: { email, name: 'Carla Rossi' } });
  await w.settle();
  w.advanceClock(3 * 86_400_000);
  await m.told(order.id);
  expect(await m.only(order.id)).toMatchObject({ status: 'suppressed', reason: 'too_old' });
});

test('what cannot be an address is not tried', async () => {
  const { id } = await m.confirmed(address());
  await w.db.ownerPool.query(`UPDATE notifications SET recipient = E'a@b.example\\r\\nBcc: all@b.example'`);
  await m.mailing(catcher.url).sendNotices();
  expect(await m.only(id)).toMatchObject({ status: 'failed', reason: 'bad_address', attempts: 0 });
});

test('a sum that does not add up is not sent', async () => {
  const email = address();
  const { id } = await m.confirmed(email);
  const shift = (by: number) =>
    w.db.ownerPool.query(
      'UPDATE order_lines SET net_minor = net_minor + $2, total_minor = total_minor + $2 WHERE order_id = $1',
      [id, by],
    );
  await shift(1);
  await m.mailing(catcher.url).sendNotices();
  await shift(-1);
  expect(await m.only(id)).toMatchObject({ status: 'failed', reason: 'not_writable', attempts: 0 });
  expect(caughtFor(email)).toEqual([]);
});
