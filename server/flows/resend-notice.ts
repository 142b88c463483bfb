import { mayResend, type Notice } from '../domains/notifications/rules.ts';
import type { ResendInput } from '../domains/notifications/schema.ts';
import * as notifications from '../domains/notifications/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit, job } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { SEND_JOB } from './send-notices.ts';
import { lockWorld, tell, type World, writeWorld } from './world.ts';

/**
 * A person has a mail sent again: a new notice that names the old one, to the address the order has now. The old one stays as it ended.
 * One that is in doubt may have arrived, so that sending it again takes a reason.
 */
export interface ResentNotice {
  readonly noticeId: string;
  readonly resends: string;
}

interface Resending extends World {
  readonly notices: Map<string, notifications.SentNotice>;
  readonly recipients: ReadonlyMap<string, notifications.Recipient>;
  readonly fresh: Notice[];
  readonly again: Set<string>;
}

async function lock(tx: Tx, requests: readonly Request<ResendInput>[]): Promise<Resending> {
  const ids = [...new Set(requests.map((request) => request.input.noticeId))];
  const orderIds = await notifications.ordersOf(tx, ids);
  const world = await lockWorld(tx, { orderIds }, (requests[0] as Request<ResendInput>).ctx);
  const notices = await notifications.lock(tx, ids);
  const recipients = await notifications.recipients(tx, orderIds);
  return { ...world, notices, recipients, fresh: [], again: new Set() };
}

function resend(world: Resending, { input, ctx }: Request<ResendInput>): ResentNotice {
  const notice = world.notices.get(input.noticeId);
  if (!notice) throw new DomainError('not_found', 'There is no such mail.');
  const verdict = mayResend({ ...notice, kept: Object.keys(notice.data).length > 0 });
  if (!verdict.allowed) throw new DomainError('state_refuses', verdict.why);
  if (notice.again || world.again.has(notice.id))
    throw new DomainError('state_refuses', 'This mail is being sent again already.');
  if (verdict.needsReason && !input.reason)
    throw new DomainError('invalid_request', 'This mail may have arrived. Say why it is sent again.');
  const to = notice.orderId === null ? undefined : world.recipients.get(notice.orderId);
  const recipient = to?.email ?? notice.recipient;
  if (!recipient) throw new DomainError('state_refuses', 'Nobody knows this customer’s e-mail address.');
  const id = newId();
  const order = notice.orderId === null ? undefined : world.orders.byId.get(notice.orderId);
  if (order) tell(world, order, 'order.mail_resent', { noticeId: id, resends: notice.id }, ctx);
  else world.applied++;
  world.again.add(notice.id);
  world.fresh.push({
    id,
    kind: notice.kind,
    eventId: null,
    orderId: notice.orderId,
    customerId: notice.customerId,
    merchantId: notice.merchantId,
    recipient,
    locale: to?.locale ?? notice.locale,
    data: notice.data,
    createdAt: ctx.now,
    resends: notice.id,
    actor: ctx.actor,
  });
  audit(
    world.outbox,
    {
      action: 'mail.resent',
      entity: 'mail',
      entityId: notice.id,
      merchantId: notice.merchantId,
      before: { status: notice.status, kind: notice.kind },
      after: { noticeId: id },
      reason: input.reason,
    },
    ctx,
  );
  job(world.outbox, SEND_JOB);
  return { noticeId: id, resends: notice.id };
}

export const resendNotice: Verb<ResendInput, Resending, ResentNotice> = {
  name: 'resend-notice',
  lock,
  decide: resend,
  write: async (tx, world) => {
    await notifications.add(tx, world.fresh);
    await writeWorld(tx, world);
  },
};
