import { z } from 'zod';
import { mailLocale, type Notice } from '../domains/notifications/rules.ts';
import * as notifications from '../domains/notifications/service.ts';
import { looksLikeCardNumber } from '../kernel/card-numbers.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { text } from '../kernel/inputs.ts';
import type { Queryable, Tx } from '../platform/db.ts';
import { audit, job } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import type { MailLinks } from './mail/content.ts';
import { readContent } from './mail/facts.ts';
import { CANNED, type CannedName, MAIL_WORDS } from './mail/words.ts';
import { type WrittenMail, writeMail } from './mail/write-mail.ts';
import { SEND_JOB } from './send-notices.ts';
import { lockWorld, orderOf, tell, type World, writeWorld } from './world.ts';

/** An agent writes to a customer about an order: queued with the order's event, and sent as every other mail is. */
export const messageInput = z.object({
  orderId: z.uuid(),
  subject: text(120).refine((value) => !/[\r\n]/.test(value), 'Use one line'),
  body: text(4000).refine((value) => !looksLikeCardNumber(value), 'Card numbers are not sent by mail'),
});
export type MessageInput = z.infer<typeof messageInput>;

export interface SentMessage {
  readonly noticeId: string;
  readonly orderId: string;
}

interface Messaging extends World {
  readonly recipients: ReadonlyMap<string, notifications.Recipient>;
  readonly notices: Notice[];
}

const NO_ADDRESS = 'Nobody knows this customer’s e-mail address: the order has none, and neither has the customer.';

async function lock(tx: Tx, requests: readonly Request<MessageInput>[]): Promise<Messaging> {
  const orderIds = requests.map((request) => request.input.orderId);
  const world = await lockWorld(tx, { orderIds }, (requests[0] as Request<MessageInput>).ctx);
  return { ...world, recipients: await notifications.recipients(tx, orderIds), notices: [] };
}

function send(world: Messaging, { input, ctx }: Request<MessageInput>): SentMessage {
  const { row } = orderOf(world, input.orderId);
  const to = world.recipients.get(row.id);
  if (!to?.email) throw new DomainError('state_refuses', NO_ADDRESS);
  const id = newId();
  const eventId = tell(world, orderOf(world, row.id), 'order.messaged', { noticeId: id }, ctx);
  world.notices.push({
    id,
    kind: 'message',
    eventId,
    orderId: row.id,
    customerId: to.customerId,
    merchantId: row.merchantId,
    recipient: to.email,
    locale: to.locale,
    data: { subject: input.subject, body: input.body },
    createdAt: ctx.now,
    actor: ctx.actor,
  });
  const after = { noticeId: id, subject: input.subject };
  audit(world.outbox, { action: 'order.messaged', entity: 'order', entityId: row.id, merchantId: row.merchantId, after }, ctx);
  job(world.outbox, SEND_JOB);
  return { noticeId: id, orderId: row.id };
}

export const messageCustomer: Verb<MessageInput, Messaging, SentMessage> = {
  name: 'message-customer',
  lock,
  decide: send,
  write: async (tx, world) => {
    await notifications.add(tx, world.notices);
    await writeWorld(tx, world);
  },
};

export interface MessagePreview extends WrittenMail {
  /** Null where nobody knows the address; then it cannot be sent. */
  readonly recipient: string | null;
}

/** The mail that a message would be. Nothing is written. */
export async function previewMessage(db: Queryable, input: MessageInput, links: MailLinks, ctx: Ctx): Promise<MessagePreview> {
  const to = await recipientOf(db, input.orderId);
  const { subject, body } = input;
  const notice = { kind: 'message', orderId: input.orderId, data: { subject, body }, createdAt: ctx.now } as const;
  const content = await readContent(db, notice, links);
  if (content === null) throw new Error('A message always says something');
  return { ...writeMail(content, to.locale), recipient: to.email };
}

export interface CannedMessages {
  readonly recipient: string | null;
  readonly locale: string;
  readonly messages: readonly { readonly name: CannedName; readonly subject: string; readonly body: string }[];
}

/** The messages that are written already, in the customer's language and about this order. */
export async function cannedMessages(db: Queryable, orderId: string): Promise<CannedMessages> {
  const to = await recipientOf(db, orderId);
  const locale = mailLocale(to.locale);
  const words = MAIL_WORDS[locale];
  const { rows } = await db.query<{ number: string; merchant: string; name: string | null }>({
    name: 'message-order',
    text: `SELECT o.number, m.name AS merchant, coalesce(o.customer_name, c.name) AS name
           FROM orders o JOIN merchants m ON m.id = o.merchant_id LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = $1`,
    values: [orderId],
  });
  const [order] = rows;
  if (!order) throw new DomainError('not_found', 'There is no such order.');
  const vars = { greeting: words.greeting(order.name), number: order.number, merchant: order.merchant };
  return {
    recipient: to.email,
    locale,
    messages: CANNED.map((name) => ({ name, subject: words.canned[name].subject(vars), body: words.canned[name].body(vars) })),
  };
}

async function recipientOf(db: Queryable, orderId: string): Promise<notifications.Recipient> {
  const to = (await notifications.recipients(db, [orderId])).get(orderId);
  if (!to) throw new DomainError('not_found', 'There is no such order.');
  return to;
}
