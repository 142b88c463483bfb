'use client';
import {
  type Icon,
  IconArrowBackUp,
  IconBan,
  IconCheck,
  IconCircleX,
  IconClipboardList,
  IconCreditCard,
  IconEdit,
  IconHandStop,
  IconHelp,
  IconHomeEdit,
  IconHourglass,
  IconMail,
  IconNote,
  IconPackage,
  IconPackageExport,
  IconRefresh,
  IconRoute,
  IconTag,
  IconTruck,
} from '@tabler/icons-react';
import type { TimelineEntry } from '../../server/views/order-story.ts';
import { useActorName } from '../actor-name.ts';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { isMessageKey } from '../ui/messages/catalogue.ts';
import { Timeline } from '../ui/timeline.tsx';
import type { Tone } from '../ui/tokens.ts';
import classes from './order-page.module.css';

/** How an event looks, by what happened; the aggregate's icon where nothing special did. */
const LOOKS: Readonly<Record<string, { icon: Icon; tone: Tone }>> = {
  note: { icon: IconNote, tone: 'neutral' },
  order: { icon: IconClipboardList, tone: 'moving' },
  payment: { icon: IconCreditCard, tone: 'moving' },
  refund: { icon: IconArrowBackUp, tone: 'returned' },
  shipment: { icon: IconTruck, tone: 'moving' },
  saga: { icon: IconRefresh, tone: 'moving' },
  approval: { icon: IconHourglass, tone: 'attention' },
  'order.confirmed': { icon: IconCheck, tone: 'moving' },
  'order.allocated': { icon: IconPackage, tone: 'moving' },
  'order.fulfilled': { icon: IconCheck, tone: 'done' },
  'order.cancelled': { icon: IconBan, tone: 'neutral' },
  'order.units_cancelled': { icon: IconBan, tone: 'neutral' },
  'order.messaged': { icon: IconMail, tone: 'neutral' },
  'order.mail_resent': { icon: IconMail, tone: 'neutral' },
  'order.cancel_requested': { icon: IconHourglass, tone: 'moving' },
  'order.cancel_undone': { icon: IconArrowBackUp, tone: 'neutral' },
  'order.cancel_dropped': { icon: IconCircleX, tone: 'attention' },
  'order.cancellation_fee_dropped': { icon: IconCircleX, tone: 'attention' },
  'order.readdressed': { icon: IconHomeEdit, tone: 'neutral' },
  'order.edit_requested': { icon: IconHourglass, tone: 'moving' },
  'order.edited': { icon: IconEdit, tone: 'moving' },
  'order.edit_payment_asked': { icon: IconHourglass, tone: 'attention' },
  'order.edit_ended': { icon: IconArrowBackUp, tone: 'neutral' },
  'payment.raised': { icon: IconCheck, tone: 'moving' },
  'payment.raise_refused': { icon: IconCircleX, tone: 'attention' },
  'order.reshipped': { icon: IconPackageExport, tone: 'moving' },
  'order.rerouted': { icon: IconRoute, tone: 'attention' },
  'refund.undone': { icon: IconArrowBackUp, tone: 'neutral' },
  'order.held': { icon: IconHandStop, tone: 'attention' },
  'order.tagged': { icon: IconTag, tone: 'neutral' },
  'order.refunded': { icon: IconArrowBackUp, tone: 'returned' },
  'payment.captured': { icon: IconCheck, tone: 'done' },
  'payment.rerouted': { icon: IconRoute, tone: 'attention' },
  'payment.declined': { icon: IconCircleX, tone: 'blocked' },
  'payment.capture_failed': { icon: IconCircleX, tone: 'blocked' },
  'payment.in_doubt': { icon: IconHelp, tone: 'doubt' },
  'payment.refunded': { icon: IconArrowBackUp, tone: 'returned' },
  'payment.refund_failed': { icon: IconCircleX, tone: 'blocked' },
  'payment.voided': { icon: IconBan, tone: 'neutral' },
  'shipment.delivered': { icon: IconCheck, tone: 'done' },
  'shipment.exception': { icon: IconCircleX, tone: 'blocked' },
  'shipment.lost': { icon: IconHelp, tone: 'blocked' },
  'shipment.damaged': { icon: IconCircleX, tone: 'blocked' },
  'shipment.returning': { icon: IconArrowBackUp, tone: 'attention' },
  'shipment.returned': { icon: IconArrowBackUp, tone: 'returned' },
  'claim.paid': { icon: IconCheck, tone: 'done' },
  'claim.rejected': { icon: IconCircleX, tone: 'blocked' },
  claim: { icon: IconClipboardList, tone: 'attention' },
  'return.declined': { icon: IconCircleX, tone: 'blocked' },
  return: { icon: IconArrowBackUp, tone: 'returned' },
  'saga.stuck': { icon: IconCircleX, tone: 'blocked' },
};
const UNKNOWN = { icon: IconClipboardList, tone: 'neutral' } as const;

const lookOf = (type: string) => LOOKS[type] ?? LOOKS[type.split('.')[0] ?? ''] ?? UNKNOWN;

/** Verbs whose events carry the reason that was chosen in their dialog. */
const REASONED = ['cancel', 'refund', 'reship'] as const;

/** A reason in the reader's language where it is one of a dialog's, else as somebody typed it. */
function useReasonText() {
  const { t } = useMessages();
  return (reason: string) => {
    const keys = [...REASONED.map((verb) => `actions.${verb}.reasons.${reason}`), `routing.reroute.reasons.${reason}`];
    const key = keys.find(isMessageKey);
    return key ? t(key) : reason;
  };
}

/** What an event carries that a person wants: the note, an amount, a reason, a number. Ids stay out. */
function useDetail(currency: string) {
  const format = useFormat();
  const reasonText = useReasonText();
  return ({ data }: TimelineEntry): string | undefined => {
    const { amountMinor, netMinor, reason, body, shipmentNumber, refundNumber, why: said } = data;
    const why = typeof reason === 'string' ? reasonText(reason) : undefined;
    const parts = [body, shipmentNumber, refundNumber, why, said].filter((part) => typeof part === 'string');
    if (typeof amountMinor === 'number' && Number.isSafeInteger(amountMinor)) parts.unshift(format.money(amountMinor, currency));
    if (typeof netMinor === 'number' && Number.isSafeInteger(netMinor)) parts.unshift(format.money(netMinor, currency));
    return parts.length > 0 ? parts.join(' · ') : undefined;
  };
}

/** What happened to the order, newest first, with who and why. */
export function OrderTimeline({ timeline, currency }: { timeline: readonly TimelineEntry[]; currency: string }) {
  const { t, word } = useMessages();
  const actor = useActorName();
  const detail = useDetail(currency);
  const items = timeline.map((entry) => {
    const said = detail(entry);
    return {
      key: entry.id,
      at: entry.at,
      ...lookOf(entry.type),
      title: word('orders.event', entry.type),
      actor: actor(entry.actor),
      cause: entry.cause === null ? undefined : word('orders.event', entry.cause),
      body: said && <p className={classes.note}>{said}</p>,
    };
  });
  return (
    <Section title={t('orders.timeline')}>
      <Timeline items={items} />
    </Section>
  );
}
