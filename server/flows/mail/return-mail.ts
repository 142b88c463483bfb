import type { MailLocale } from '../../domains/notifications/rules.ts';
import type { Queryable } from '../../platform/db.ts';
import type { MailItem, MailOrder, ReturnNews } from './content.ts';
import type { Block, MailDocument } from './document.ts';
import { mailDate, mailMoney } from './format.ts';
import type { MailWords } from './words.ts';

/** What customers are told of what they send back: that it was asked for, may be sent and until when, is here, and what they get. */
interface Row {
  readonly returnNumber: string;
  readonly status: string;
  readonly sendBy: Date | null;
  readonly labelUrl: string | null;
  readonly declineReason: string | null;
  readonly resolution: string | null;
  readonly dueMinor: bigint;
  readonly exchangedMinor: bigint;
  readonly keptMinor: bigint;
  readonly refundMinor: bigint;
  readonly chargeMinor: bigint;
  readonly advanceMinor: bigint;
  readonly items: MailItem[] | null;
}

/** Its facts as they are now. Null where it has gone on, or ended: nobody sends what was taken back, or waits for what is here. */
export async function readReturnNews(
  db: Queryable,
  kind: ReturnNews['kind'],
  returnId: string,
  order: MailOrder,
): Promise<ReturnNews | null> {
  const { rows } = await db.query<Row>({
    name: 'mail-return',
    text: `SELECT r.number AS "returnNumber", r.status, r.send_by AS "sendBy", r.label_url AS "labelUrl", r.decline_reason AS "declineReason", r.resolution,
             r.due_minor AS "dueMinor", r.exchanged_minor AS "exchangedMinor", r.fee_minor + r.label_fee_minor AS "keptMinor",
             r.refund_minor AS "refundMinor", r.charge_minor AS "chargeMinor",
             CASE WHEN r.advance_status = 'sent' AND r.security_id IS NOT NULL THEN r.advance_minor ELSE 0 END AS "advanceMinor",
             (SELECT json_agg(json_build_object('name', i.name, 'units', i.units) ORDER BY i.position)
              FROM (SELECT l.position, l.name, sum(x.to_unit - x.from_unit + 1)::int AS units
                    FROM return_lines x JOIN order_lines l ON l.id = x.line_id WHERE x.return_id = r.id GROUP BY l.id, l.position, l.name) i) AS items
           FROM returns r WHERE r.id = $1`,
    values: [returnId],
  });
  const [row] = rows;
  if (!row) throw new Error('The return is not there');
  const { status, items, ...facts } = row;
  const toSend = status === 'approved' || status === 'labelled';
  if ((kind === 'return_approved' || kind === 'return_due') && !toSend) return null;
  if (kind === 'return_requested' && status !== 'requested') return null;
  return { kind, order, ...facts, items: items ?? [] };
}

export function returnNews(content: ReturnNews, locale: MailLocale, words: MailWords): MailDocument {
  const { order, returnNumber } = content;
  const own = words.returns[content.kind];
  return {
    lang: locale,
    sender: order.merchantName,
    footer: words.why(order.merchantName),
    subject: own.subject(returnNumber),
    preview: own.text,
    title: own.title,
    blocks: [
      { type: 'text', text: words.hello(order.customerName) },
      { type: 'text', text: own.text },
      { type: 'items', rows: content.items.map(({ name, units }) => ({ name, detail: words.units(units) })) },
      ...details(content, locale, words),
      { type: 'note', text: words.questions(order.merchantName) },
    ],
  };
}

function details(content: ReturnNews, locale: MailLocale, { returns: words, order, track }: MailWords): Block[] {
  const money = (amountMinor: bigint): string => mailMoney(amountMinor, content.order.currency, locale);
  const some = (label: string, amountMinor: bigint) => (amountMinor > 0n ? [{ label, value: money(amountMinor) }] : []);
  const numbers = [
    { label: words.number, value: content.returnNumber },
    { label: order, value: content.order.number },
  ];
  const button: Block = { type: 'button', label: track, url: content.order.trackingUrl };
  const until = content.sendBy ? [{ label: words.sendBy, value: mailDate(content.sendBy, locale) }] : [];
  switch (content.kind) {
    case 'return_approved':
    case 'return_due': {
      const ahead: Block[] = content.advanceMinor > 0n ? [{ type: 'text', text: words.ahead(money(content.advanceMinor)) }] : [];
      const print: Block = content.labelUrl ? { type: 'button', label: words.print, url: content.labelUrl } : button;
      return [{ type: 'facts', rows: [...until, ...numbers] }, ...ahead, print];
    }
    case 'return_declined':
      return [
        ...(content.declineReason ? [{ type: 'text', text: content.declineReason } as const] : []),
        { type: 'facts', rows: numbers },
        button,
      ];
    case 'return_settled': {
      const rows = [
        ...some(words.due, content.dueMinor),
        ...some(words.exchanged, content.exchangedMinor),
        ...some(words.kept, content.keptMinor),
        ...some(content.resolution === 'store_credit' ? words.credit : words.back, content.refundMinor),
        ...some(words.charged, content.chargeMinor),
      ];
      return [{ type: 'facts', rows: [...rows, ...numbers] }, button];
    }
    default:
      return [{ type: 'facts', rows: numbers }, button];
  }
}
