import type { EventType } from '../../kernel/events.ts';

/** Something a customer is to be told. Without an address it is kept as suppressed: it says that nobody was told. */
export interface Notice {
  readonly id: string;
  readonly kind: NoticeKind;
  /** What caused it, once per kind: an event, or the link of a sign-in mail. Null where a person has it sent again. */
  readonly eventId: string | null;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly merchantId: string | null;
  readonly recipient: string | null;
  readonly locale: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** Set where it is known from the start that it will not be sent. */
  readonly reason?: NoticeReason;
  readonly resends?: string;
  readonly actor?: string;
}

export const NOTICE_KINDS = [
  'order_confirmed',
  'order_cancelled',
  'units_cancelled',
  'order_edited',
  'edit_to_pay',
  'action_required',
  'shipped',
  'delivered',
  'refunded',
  'ready_for_pickup',
  'pickup_reminder',
  'date_moved',
  'pay_again',
  'return_requested',
  'return_approved',
  'return_declined',
  'return_received',
  'return_settled',
  'return_due',
  'payment_link',
  'money_received',
  'money_requested',
  'bank_top_up',
  'withdrawal_failed',
  'withdrawal_returned',
  'stock_digest',
  'message',
  'reset_link',
  'invitation',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The languages that there are words for: a new one does not compile before every mail has them. */
export const MAIL_LOCALES = ['en', 'de'] as const;
export type MailLocale = (typeof MAIL_LOCALES)[number];

/** The language of a mail to somebody whose language is `locale`: de-AT reads German, everybody else without words of their own English. */
export function mailLocale(locale: string): MailLocale {
  const language = locale.toLowerCase().split(/[-_]/)[0];
  return MAIL_LOCALES.find((known) => known === language) ?? 'en';
}

/** What customers are told of. */
const NOTICE_OF: Readonly<Partial<Record<EventType, NoticeKind>>> = {
  'order.confirmed': 'order_confirmed',
  'order.cancelled': 'order_cancelled',
  'order.units_cancelled': 'units_cancelled',
  'order.edited': 'order_edited',
  'order.edit_payment_asked': 'edit_to_pay',
  'payment.action_required': 'action_required',
  'shipment.shipped': 'shipped',
  'shipment.delivered': 'delivered',
  'order.refunded': 'refunded',
  'order.ready_for_pickup': 'ready_for_pickup',
  'order.pickup_reminded': 'pickup_reminder',
  'order.date_moved': 'date_moved',
  'payment.renewal_refused': 'pay_again',
  'return.requested': 'return_requested',
  'return.approved': 'return_approved',
  'return.labelled': 'return_approved',
  'return.label_failed': 'return_approved',
  'return.declined': 'return_declined',
  'return.received': 'return_received',
  'return.settled': 'return_settled',
  'return.refunded': 'return_settled',
  'return.replacement_due': 'return_due',
  'checkout.link_sent': 'payment_link',
  'wallet.received': 'money_received',
  'money_request.created': 'money_requested',
  'wallet.topped_up': 'bank_top_up',
  'wallet.withdrawal_failed': 'withdrawal_failed',
  'wallet.withdrawal_returned': 'withdrawal_returned',
};

/** What its customer is told of an event; undefined where nothing. Who tops up by card sees it happen; a transfer comes days later. */
export function noticeOf(event: {
  readonly type: EventType;
  readonly data: Readonly<Record<string, unknown>>;
}): NoticeKind | undefined {
  if (event.type === 'wallet.topped_up' && event.data.method !== 'bank') return undefined;
  // A return with a label is told of when there is one; a settled one when its money went, if any does.
  if (event.type === 'return.approved' && event.data.label === true) return undefined;
  if (event.type === 'return.settled' && Number(event.data.refundMinor) > 0) return undefined;
  return NOTICE_OF[event.type];
}

/** Mails that let somebody in: their link is kept sealed until they are sent, shown to nobody, and never sent again. */
const SECRET_KINDS: readonly NoticeKind[] = ['reset_link', 'invitation'];
export const isSecret = (kind: NoticeKind): boolean => SECRET_KINDS.includes(kind);

/** What is written by a machine says so (RFC 3834), so that nobody's holiday notice answers it. */
export const isAutomatic = (kind: NoticeKind): boolean => kind !== 'message';

export const NOTICE_STATUSES = ['queued', 'sending', 'sent', 'failed', 'in_doubt', 'suppressed'] as const;
export type NoticeStatus = (typeof NOTICE_STATUSES)[number];

/** Why a notice was not sent, or why nobody knows. */
export const NOTICE_REASONS = [
  'no_address', // suppressed: nobody knows where to write to
  'bad_address', // failed: it cannot be an address
  'mail_off', // suppressed: no mail server is named
  'too_old', // suppressed: what it tells happened too long ago to be news
  'no_need', // suppressed: what it asks for is done, or there is no parcel to tell of
  'expired', // failed: its link ran out before it could be sent
  'not_writable', // failed: what it was to tell is missing or does not add up
  'refused', // failed: the mail server said no for good
  'exhausted', // failed: the mail server was away, or put it off, too often
  'no_answer', // in doubt: the connection broke after the mail was handed over
  'interrupted', // in doubt: whoever was sending it was gone
] as const;
export type NoticeReason = (typeof NOTICE_REASONS)[number];

/** Older news than this is not mailed: after a long outage, or an import of history, nobody wants to read it. */
export const NEWS_LIMIT_MS = 2 * 86_400_000;

/** Between two attempts of what was certainly not accepted: greylists want minutes, an outage hours. Then it has failed. */
const MINUTE_MS = 60_000;
const BACKOFF_MS = [0.5, 2, 10, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE_MS);
export const MAX_ATTEMPTS = BACKOFF_MS.length + 1;

/** What the mail server made of an attempt. Only `deferred` is tried again by itself. */
export type AttemptOutcome = 'accepted' | 'refused' | 'deferred' | 'unknown';

export interface Settlement {
  readonly status: NoticeStatus;
  readonly reason: NoticeReason | null;
  readonly nextAt: Date | null;
}

/** What becomes of a notice after its n-th attempt. SMTP knows no idempotency: what may have been accepted is never sent again by itself. */
export function settle(outcome: AttemptOutcome, attempts: number, now: Date): Settlement {
  const backoff = BACKOFF_MS[attempts - 1];
  switch (outcome) {
    case 'accepted':
      return { status: 'sent', reason: null, nextAt: null };
    case 'refused':
      return { status: 'failed', reason: 'refused', nextAt: null };
    case 'unknown':
      return { status: 'in_doubt', reason: 'no_answer', nextAt: null };
    case 'deferred':
      return backoff === undefined
        ? { status: 'failed', reason: 'exhausted', nextAt: null }
        : { status: 'queued', reason: null, nextAt: new Date(now.getTime() + backoff) };
  }
}

/** Something that looks like one address: what a mail server would refuse anyway, and nothing that could start another header. */
export const isAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>()"',;:\\[\]]+@[^\s@<>()"',;:\\[\]]+$/.test(text);

type Verdict = { readonly allowed: true; readonly needsReason: boolean } | { readonly allowed: false; readonly why: string };

/** Whether a person may have a mail sent again. One in doubt may have arrived: they say why they want it twice. */
export function mayResend(notice: { readonly kind: NoticeKind; readonly status: NoticeStatus; readonly kept: boolean }): Verdict {
  if (isSecret(notice.kind))
    return { allowed: false, why: 'A sign-in link is sent once. Make a new link under Settings, Users instead.' };
  if (notice.status === 'queued' || notice.status === 'sending')
    return { allowed: false, why: 'This mail is on its way already. Wait until it is sent or has failed.' };
  if (!notice.kept) return { allowed: false, why: 'What this mail said is not kept any more. Write a message instead.' };
  return { allowed: true, needsReason: notice.status === 'in_doubt' };
}
