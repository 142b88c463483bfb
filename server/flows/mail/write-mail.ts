import { type MailLocale, mailLocale } from '../../domains/notifications/rules.ts';
import type { MailContent, MailItem, MailOrder, OrderConfirmed, OrderEdited, ReturnNews, WalletNews } from './content.ts';
import { type Block, HOUSE, type MailDocument } from './document.ts';
import { countryName, mailDate, mailMoney, mailTime } from './format.ts';
import { renderHtml } from './html.ts';
import { returnNews } from './return-mail.ts';
import { stockDigest } from './stock-mail.ts';
import { renderText } from './text.ts';
import { walletNews } from './wallet-mail.ts';
import { MAIL_WORDS, type MailWords } from './words.ts';

/** A mail as it is sent. `sender` is the name that the customer knows. */
export interface WrittenMail {
  readonly sender: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

const SUBJECT_MAX = 150;

/** One line without anything that could end a header; what a mail program shows in a list. */
export function oneLine(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > SUBJECT_MAX ? `${line.slice(0, SUBJECT_MAX - 1)}…` : line;
}

/** Writes a mail in the customer's language. Pure. Throws where what it tells does not add up or links nowhere. */
export function writeMail(content: MailContent, language: string): WrittenMail {
  const locale = mailLocale(language);
  const document = documentOf(content, locale, MAIL_WORDS[locale]);
  const mail = { ...document, subject: oneLine(document.subject), sender: oneLine(document.sender) };
  return { sender: mail.sender, subject: mail.subject, html: renderHtml(mail), text: renderText(mail) };
}

function documentOf(content: MailContent, locale: MailLocale, words: MailWords): MailDocument {
  switch (content.kind) {
    case 'stock_digest':
      return stockDigest(content, locale, words);
    case 'payment_link':
      return paymentLink(content, locale, words);
    case 'reset_link':
    case 'invitation':
      return signInLink(content, locale, words);
    case 'money_received':
    case 'money_requested':
    case 'bank_top_up':
    case 'withdrawal_failed':
    case 'withdrawal_returned':
      return walletNews(content, locale, words);
    case 'return_requested':
    case 'return_approved':
    case 'return_declined':
    case 'return_received':
    case 'return_settled':
    case 'return_due':
      return returnNews(content, locale, words);
    case 'message':
      return {
        ...frame(content.order, locale, words),
        subject: content.subject,
        preview: content.body.slice(0, 120),
        title: words.message.title(content.order.number),
        blocks: [...content.body.split(/\n{2,}/).map((text): Block => ({ type: 'text', text })), track(content.order, words)],
      };
    default:
      return news(content, locale, words);
  }
}

type News = Exclude<
  MailContent,
  WalletNews | ReturnNews | { kind: 'payment_link' | 'stock_digest' | 'reset_link' | 'invitation' | 'message' }
>;

function news(content: News, locale: MailLocale, words: MailWords): MailDocument {
  const { order } = content;
  const { subject, title, text } = words[WORDS_OF[content.kind]];
  return {
    ...frame(order, locale, words),
    subject: subject(order.number),
    preview: text,
    title,
    blocks: [
      { type: 'text', text: words.hello(order.customerName) },
      { type: 'text', text },
      ...details(content, locale, words),
      { type: 'note', text: words.questions(order.merchantName) },
    ],
  };
}

const WORDS_OF = {
  order_confirmed: 'orderConfirmed',
  action_required: 'actionRequired',
  shipped: 'shipped',
  delivered: 'delivered',
  order_cancelled: 'orderCancelled',
  units_cancelled: 'unitsCancelled',
  order_edited: 'orderEdited',
  edit_to_pay: 'editToPay',
  refunded: 'refunded',
  ready_for_pickup: 'readyForPickup',
  pickup_reminder: 'pickupReminder',
  date_moved: 'dateMoved',
  pay_again: 'payAgain',
} as const satisfies Record<News['kind'], keyof MailWords>;

function frame(order: MailOrder, lang: MailLocale, words: MailWords): Pick<MailDocument, 'lang' | 'sender' | 'footer'> {
  return { lang, sender: order.merchantName, footer: words.why(order.merchantName) };
}

const track = (order: MailOrder, words: MailWords): Block => ({ type: 'button', label: words.track, url: order.trackingUrl });

const items = (rows: readonly MailItem[], words: MailWords): Block => ({
  type: 'items',
  rows: rows.map(({ name, units }) => ({ name, detail: words.units(units) })),
});

/** What stands between the greeting and the end. */
function details(content: News, locale: MailLocale, words: MailWords): Block[] {
  const { order } = content;
  const money = (amountMinor: bigint) => mailMoney(amountMinor, order.currency, locale);
  const number = { label: words.order, value: order.number };
  switch (content.kind) {
    case 'order_confirmed':
      return [
        { type: 'facts', rows: [number, { label: words.placed, value: mailDate(content.placedAt, locale) }] },
        amountsOf(content, money, words),
        ...laterOf(content, locale, words),
        ...addressOf(content, locale, words),
        track(order, words),
      ];
    case 'action_required':
      return [
        { type: 'facts', rows: [number, { label: words.amount, value: money(content.totalMinor) }] },
        { type: 'button', label: words.actionRequired.button, url: content.url },
      ];
    case 'shipped':
    case 'delivered': {
      const { carrier, trackingNumber } = content.parcel;
      const rows = [
        number,
        ...(carrier ? [{ label: words.carrier, value: words.carriers[carrier] ?? carrier }] : []),
        ...(trackingNumber ? [{ label: words.trackingNumber, value: trackingNumber }] : []),
      ];
      return [items(content.parcel.items, words), { type: 'facts', rows }, track(order, words)];
    }
    case 'order_cancelled': {
      const money = content.charged ? words.orderCancelled.charged : words.orderCancelled.notCharged;
      return [...because(content.reason, words), { type: 'facts', rows: [number] }, { type: 'text', text: money }];
    }
    case 'units_cancelled':
      return [
        items(content.items, words),
        ...because(content.reason, words),
        { type: 'facts', rows: [number, { label: words.unitsCancelled.value, value: money(content.valueMinor) }] },
        track(order, words),
      ];
    case 'order_edited':
      return editedOf(content, money, words);
    case 'edit_to_pay':
      return [
        { type: 'facts', rows: [number, { label: words.amount, value: money(content.amountMinor) }] },
        { type: 'text', text: words.editToPay.until(mailTime(content.until, locale)) },
        { type: 'button', label: words.editToPay.button, url: content.url },
      ];
    case 'ready_for_pickup':
    case 'pickup_reminder':
      return [
        {
          type: 'facts',
          rows: [
            { label: words.readyForPickup.code, value: content.code },
            number,
            { label: words.readyForPickup.until, value: mailDate(content.collectBy, locale) },
          ],
        },
        { type: 'address', label: words.readyForPickup.place, lines: [content.place.name, ...content.place.lines] },
        track(order, words),
      ];
    case 'date_moved':
      return [
        items(content.items, words),
        {
          type: 'facts',
          rows: [
            number,
            { label: words.dateMoved.was, value: mailDate(dayStart(content.was), locale) },
            { label: words.dateMoved.is, value: mailDate(dayStart(content.is), locale) },
          ],
        },
        { type: 'text', text: words.dateMoved.choose },
        { type: 'button', label: words.dateMoved.button, url: content.url },
      ];
    case 'pay_again':
      return [
        { type: 'facts', rows: [number, { label: words.amount, value: money(content.amountMinor) }] },
        { type: 'text', text: words.payAgain.until(mailTime(content.until, locale)) },
        { type: 'button', label: words.payAgain.button, url: content.url },
      ];
    case 'refunded':
      return [
        {
          type: 'facts',
          rows: [
            { label: words.amount, value: money(content.amountMinor) },
            { label: words.refund, value: content.refundNumber },
            number,
          ],
        },
        { type: 'text', text: words.refunded.when },
        track(order, words),
      ];
  }
}

/** The middle of the day: the same day wherever it is read. */
const dayStart = (day: string): Date => new Date(`${day}T12:00:00Z`);

/** What comes later than the rest, and when. */
function laterOf({ later }: OrderConfirmed, locale: MailLocale, words: MailWords): Block[] {
  if (later.length === 0) return [];
  const rows = later.map(({ name, units, promisedOn }) => ({
    name: `${name} ${words.units(units)}`,
    detail: words.later.by(mailDate(dayStart(promisedOn), locale)),
  }));
  return [
    { type: 'text', text: words.later.text },
    { type: 'items', rows },
  ];
}

/** What came, what went, and what it costs now. */
function editedOf(content: OrderEdited, money: (amountMinor: bigint) => string, words: MailWords): Block[] {
  const { order, came, went, beforeMinor, afterMinor } = content;
  const list = (text: string, rows: readonly MailItem[]): Block[] =>
    rows.length > 0 ? [{ type: 'text', text }, items(rows, words)] : [];
  return [
    ...list(words.orderEdited.came, came),
    ...list(words.orderEdited.went, went),
    {
      type: 'facts',
      rows: [
        { label: words.order, value: order.number },
        { label: words.orderEdited.was, value: money(beforeMinor) },
        { label: words.orderEdited.is, value: money(afterMinor) },
      ],
    },
    track(order, words),
  ];
}

function because(reason: string | null, words: MailWords): Block[] {
  const text = reason === null ? undefined : words.reasons[reason];
  return text === undefined ? [] : [{ type: 'text', text }];
}

/** Where it goes, with the country in words. */
function addressOf({ shipTo, country }: OrderConfirmed, locale: MailLocale, words: MailWords): Block[] {
  const lines = country === null ? shipTo : [...shipTo, countryName(country, locale)];
  return lines.length > 0 ? [{ type: 'address', label: words.shipTo, lines }] : [];
}

/** A sum that is wrong by a cent is worse than no mail. */
function amountsOf(content: OrderConfirmed, money: (amountMinor: bigint) => string, words: MailWords): Block {
  const sum = content.lines.reduce((total, line) => total + line.totalMinor, 0n);
  if (sum !== content.totalMinor)
    throw new Error(`The lines of ${content.order.number} add up to ${sum}, not to its total of ${content.totalMinor}`);
  return {
    type: 'amounts',
    rows: content.lines.map((line) => ({
      label: line.name,
      ...(line.kind === 'item' ? { detail: words.units(line.quantity) } : {}),
      amount: money(line.totalMinor),
    })),
    total: { label: words.total, amount: money(content.totalMinor) },
    included: [
      ...(content.taxMinor > 0n ? [{ label: words.includedTax, amount: money(content.taxMinor) }] : []),
      ...(content.discountMinor > 0n ? [{ label: words.saved, amount: money(content.discountMinor) }] : []),
    ],
  };
}

function paymentLink(content: Extract<MailContent, { kind: 'payment_link' }>, lang: MailLocale, words: MailWords): MailDocument {
  const { merchantName, totalMinor, currency, url } = content;
  const { subject, title, text, button, note } = words.paymentLink;
  const said = text(merchantName, totalMinor === null ? null : mailMoney(totalMinor, currency, lang));
  return {
    lang,
    sender: merchantName,
    subject: subject(merchantName),
    preview: said,
    title,
    blocks: [
      { type: 'text', text: said },
      { type: 'button', label: button, url },
      { type: 'note', text: note },
      { type: 'note', text: words.questions(merchantName) },
    ],
    footer: merchantName,
  };
}

function signInLink(
  content: Extract<MailContent, { kind: 'reset_link' | 'invitation' }>,
  lang: MailLocale,
  words: MailWords,
): MailDocument {
  const invited = content.kind === 'invitation';
  const { subject, title, button, note } = invited ? words.invitation : words.resetLink;
  const text = invited ? words.invitation.text(content.from) : words.resetLink.text;
  return {
    lang,
    sender: HOUSE,
    subject,
    preview: text,
    title,
    blocks: [
      { type: 'text', text },
      { type: 'button', label: button, url: content.url },
      { type: 'note', text: note(mailTime(content.expiresAt, lang)) },
    ],
    footer: words.account,
  };
}
