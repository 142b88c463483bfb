import type { MailLocale } from '../../domains/notifications/rules.ts';
import type { Queryable } from '../../platform/db.ts';
import type { MailLinks, StockDigest } from './content.ts';
import { type Block, HOUSE, type MailDocument } from './document.ts';
import { mailDate } from './format.ts';
import type { MailWords } from './words.ts';

/** A mail names so many of each; the page has them all. */
const LISTED = 20;

/** What runs low at a merchant and what expires soon there, as it is now. Null where neither does any more. */
export async function readStockDigest(
  db: Queryable,
  merchantId: string | null,
  today: string,
  links: MailLinks,
): Promise<StockDigest | null> {
  const merchant = await db.query<{ name: string }>({
    name: 'mail-digest-merchant',
    text: 'SELECT name FROM merchants WHERE id = $1',
    values: [merchantId],
  });
  const low = await db.query<StockDigest['low'][number] & { found: number }>({
    name: 'mail-digest-low',
    text: `SELECT k.code, k.name, n.code AS node, r.point::int AS point, count(*) OVER ()::int AS found FROM stock_alerts a
           JOIN reorder_points r ON r.id = a.point_id JOIN skus k ON k.id = a.sku_id LEFT JOIN nodes n ON n.id = a.node_id
           WHERE a.merchant_id = $1 AND a.closed_at IS NULL ORDER BY a.id DESC LIMIT ${LISTED}`,
    values: [merchantId],
  });
  const expiring = await db.query<StockDigest['expiring'][number] & { found: number }>({
    name: 'mail-digest-expiring',
    text: `SELECT k.code, k.name, n.code AS node, l.code AS lot, l.expires_on::text AS "expiresOn", l.on_hand::int AS units, count(*) OVER ()::int AS found
           FROM stock_lots l LEFT JOIN stock_policies p ON p.merchant_id = l.merchant_id JOIN skus k ON k.id = l.sku_id JOIN nodes n ON n.id = l.node_id
           WHERE l.merchant_id = $1 AND l.on_hand > 0 AND l.expires_on <= $2::date + coalesce(p.expiry_warning_days, 30)
           ORDER BY l.expires_on, l.id LIMIT ${LISTED}`,
    values: [merchantId, today],
  });
  const [head] = merchant.rows;
  if (!head || low.rows.length + expiring.rows.length === 0) return null;
  return {
    kind: 'stock_digest',
    merchantName: head.name,
    low: low.rows,
    expiring: expiring.rows,
    lowCount: low.rows[0]?.found ?? 0,
    expiringCount: expiring.rows[0]?.found ?? 0,
    url: links.stock(),
  };
}

export function stockDigest(content: StockDigest, lang: MailLocale, words: MailWords): MailDocument {
  const said = words.stockDigest;
  const low: Block[] = [
    { type: 'text', text: said.low(content.lowCount) },
    {
      type: 'items',
      rows: content.low.map(({ code, name, node, point }) => ({ name: `${code} ${name}`, detail: said.point(point, node) })),
    },
  ];
  const expiring: Block[] = [
    { type: 'text', text: said.expiring(content.expiringCount) },
    {
      type: 'items',
      rows: content.expiring.map(({ code, name, node, lot, expiresOn, units }) => ({
        name: `${code} ${name}`,
        detail: `${lot} · ${node} · ${words.units(units)} · ${mailDate(new Date(`${expiresOn}T12:00:00Z`), lang)}`,
      })),
    },
  ];
  const subject = said.subject(content.lowCount, content.expiringCount);
  return {
    lang,
    sender: HOUSE,
    subject,
    preview: subject,
    title: said.title(content.merchantName),
    blocks: [
      ...(content.lowCount > 0 ? low : []),
      ...(content.expiringCount > 0 ? expiring : []),
      { type: 'button', label: said.button, url: content.url },
    ],
    footer: said.footer(content.merchantName),
  };
}
