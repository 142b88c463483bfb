import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'vitest';
import { createMailTransport } from '../../domains/notifications/provider.ts';
import { newId } from '../../kernel/ids.ts';
import { readEvents } from '../../platform/stored-events.ts';
import { createFlows, type Flows } from '../flows.ts';
import { notifyCustomers } from '../notify-customer.ts';
import type { MailDesk } from '../send-notices.ts';
import type { OrderWorld } from './order-world.ts';

export const FROM = 'orders@shop.example';
export const LINKS: MailDesk['links'] = {
  track: (orderId) => `https://shop.example/track/${orderId}`,
  waiting: (orderId) => `https://shop.example/waiting/${orderId}`,
  pay: (checkoutId) => `https://shop.example/pay/${checkoutId}`,
  wallet: (walletId) => `https://shop.example/wallet/${walletId}`,
  moneyRequest: (requestId) => `https://shop.example/asked/${requestId}`,
  stock: () => 'https://shop.example/stock/low',
  open: (sealed) => `https://shop.example/sign-in/${sealed}`,
};

/** A customer that no other test writes to. */
export const address = (): string => `carla-${newId().slice(-12)}@customer.example`;

interface NoticeRow {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly next_at: Date | null;
}

/** What a house that sends mail does and shows, for tests. */
export function mailWorld(w: OrderWorld) {
  /** Queues the notices of an order as the consumer does. */
  const told = async (orderId: string): Promise<void> => {
    const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM events WHERE aggregate_id = $1', [orderId]);
    const events = await readEvents(
      w.db.pool,
      rows.map((row) => row.id),
    );
    await notifyCustomers(w.db.pool, events, w.clock());
  };
  const notices = async (orderId: string): Promise<NoticeRow[]> => {
    const text =
      'SELECT id, kind, status, reason, attempts, next_at FROM notifications WHERE order_id = $1 ORDER BY created_at, id';
    return (await w.db.pool.query<NoticeRow>(text, [orderId])).rows;
  };
  return {
    told,
    notices,
    /** A house that mails to this address. */
    mailing(url: string, limits: { deadlineMs?: number; silenceMs?: number } = {}): Flows {
      const transport = createMailTransport({ url, from: FROM, ...limits });
      const mail = { transport, links: LINKS };
      return createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: w.clock, mail });
    },
    /** An order that is confirmed, and its notices queued. */
    async confirmed(email: string): Promise<{ id: string; number: string }> {
      const order = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], customer: { email, name: 'Carla Rossi' } });
      await w.settle();
      await told(order.id);
      return order;
    },
    async only(orderId: string): Promise<NoticeRow> {
      const all = await notices(orderId);
      expect(all).toHaveLength(1);
      return all[0] as NoticeRow;
    },
    attempts: async (noticeId: string) => {
      const text = 'SELECT attempt, outcome, answer FROM notification_attempts WHERE notice_id = $1 ORDER BY attempt';
      return (await w.db.pool.query<{ attempt: number; outcome: string; answer: string }>(text, [noticeId])).rows;
    },
    forget: () => w.db.ownerPool.query('DELETE FROM notifications; DELETE FROM notification_attempts;'),
  };
}

/** A mail server that stops answering: after it was told the recipient, or after it has the whole message. */
export async function silentServer(after: 'RCPT' | 'DATA'): Promise<{ url: string; close(): Promise<void> }> {
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
