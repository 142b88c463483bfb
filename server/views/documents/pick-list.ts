import { type Lot, planTake } from '../../domains/lots/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import { isId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { Paper } from '../../platform/paper/paper.ts';
import { type Actor, resolveActors } from '../actors.ts';
import { Conditions, prepared } from '../conditions.ts';
import type { Scope } from '../scope.ts';
import type { Print } from './print.ts';

/** Units of one SKU in one order of a round. */
interface PickedUnits {
  readonly orderNumber: string;
  readonly customerName: string | null;
  readonly position: number;
  readonly skuId: string | null;
  readonly skuCode: string | null;
  readonly name: string;
  readonly bin: string | null;
  readonly units: number;
}

export interface PickList {
  readonly id: string;
  readonly number: string;
  readonly nodeCode: string;
  readonly nodeName: string;
  readonly merchantName: string;
  readonly by: Actor;
  readonly createdAt: Date;
  /** By bin, as somebody walks; goods without a bin last. */
  readonly goods: readonly {
    readonly bin: string | null;
    readonly skuCode: string | null;
    readonly name: string;
    readonly units: number;
    /** Which lots to take, what expires first first; empty where it is not kept by lot. */
    readonly lots: readonly { readonly code: string; readonly expiresOn: string | null; readonly units: number }[];
    readonly orders: readonly { readonly number: string; readonly units: number }[];
  }[];
  readonly orders: readonly { readonly number: string; readonly customerName: string | null; readonly units: number }[];
}

// Orders that were given back are not fetched any more.
const UNITS = `SELECT o.number AS "orderNumber", o.customer_name AS "customerName", t.position, l.sku_id AS "skuId", l.sku_code AS "skuCode", l.name, b.bin,
    sum(p.to_unit - p.from_unit + 1)::int AS units
  FROM pick_tasks t JOIN pick_lines p ON p.pick_list_id = t.pick_list_id AND p.order_id = t.order_id
  JOIN orders o ON o.id = t.order_id JOIN order_lines l ON l.id = p.line_id
  LEFT JOIN node_stock b ON b.sku_id = l.sku_id AND b.node_id = t.node_id
  WHERE t.pick_list_id = $1 AND t.status <> 'released'
  GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY b.bin NULLS LAST, l.sku_code, l.name, t.position`;

// The lots of the list's goods at its node, and the day on which it is asked.
const LOTS = `SELECT s.id, s.sku_id AS "skuId", s.node_id AS "nodeId", s.merchant_id AS "merchantId", s.code, s.expires_on::text AS "expiresOn",
    s.on_hand AS "onHand", s.expired, s.created_at AS "createdAt", current_date::text AS today
  FROM pick_lists l JOIN stock_lots s ON s.node_id = l.node_id WHERE l.id = $1 AND s.on_hand > 0 AND s.sku_id = ANY($2::uuid[])`;

type LotOfDay = Lot & { readonly today: string };

/** One pick list by its id or number. Throws `not_found`. */
export async function readPickList(tx: Tx, scope: Scope, idOrNumber: string): Promise<PickList> {
  const where = isId(idOrNumber)
    ? new Conditions().add((p) => `l.id = ${p}`, idOrNumber)
    : new Conditions().add((p) => `l.number = ${p}`, idOrNumber.toUpperCase());
  where.scope(scope, 'l', null);
  const text = `SELECT l.id, l.number, n.code AS "nodeCode", n.name AS "nodeName", m.name AS "merchantName", l.created_by AS by, l.created_at AS "createdAt"
    FROM pick_lists l JOIN nodes n ON n.id = l.node_id JOIN merchants m ON m.id = l.merchant_id WHERE ${where.where}`;
  const found = await tx.query<Omit<PickList, 'by' | 'goods' | 'orders'> & { by: string }>(
    prepared('pick-list', text, where.values),
  );
  const [head] = found.rows;
  if (!head) throw new DomainError('not_found', `There is no pick list ${idOrNumber}.`);
  const { rows } = await tx.query<PickedUnits>(prepared('pick-list-units', UNITS, [head.id]));
  const skuIds = [...new Set(rows.flatMap(({ skuId }) => (skuId === null ? [] : [skuId])))];
  const lots = await tx.query<LotOfDay>(prepared('pick-list-lots', LOTS, [head.id, skuIds]));
  const name = await resolveActors(tx, [head.by]);
  return { ...head, by: name(head.by), goods: goodsOf(rows, lots.rows), orders: ordersOf(rows) };
}

const unitsOf = (rows: readonly { readonly units: number }[]): number => rows.reduce((sum, row) => sum + row.units, 0);

function goodsOf(rows: readonly PickedUnits[], lots: readonly LotOfDay[]): PickList['goods'] {
  const bySku = Map.groupBy(lots, (lot) => lot.skuId);
  const groups = Map.groupBy(rows, (row) => JSON.stringify([row.bin, row.skuCode, row.name]));
  return [...groups.values()].map((own) => {
    const [{ bin, skuId, skuCode, name }] = own as [PickedUnits];
    const there = bySku.get(skuId ?? '') ?? [];
    return {
      bin,
      skuCode,
      name,
      units: unitsOf(own),
      lots: planTake(there, BigInt(unitsOf(own)), there[0]?.today ?? '').map(({ lot, units }) => {
        return { code: lot.code, expiresOn: lot.expiresOn, units: Number(units) };
      }),
      orders: own.map(({ orderNumber, units }) => ({ number: orderNumber, units })),
    };
  });
}

function ordersOf(rows: readonly PickedUnits[]): PickList['orders'] {
  const inOrder = [...rows].sort((a, b) => a.position - b.position);
  return [...Map.groupBy(inOrder, (row) => row.orderNumber)].map(([number, own]) => {
    return { number, customerName: own[0]?.customerName ?? null, units: unitsOf(own) };
  });
}

/** "Lot A-17, 24 Dec 2026 × 3", below the article that it is of. */
function lotLine({ code, expiresOn, units }: PickList['goods'][number]['lots'][number], { words, number }: Print): string {
  const named = [`${words.lot} ${code || words.unknown}`, ...(expiresOn ? [expiresOn] : [])].join(', ');
  return `${named} × ${number(units)}`;
}

export function pickPaper(list: PickList, print: Print): Paper {
  const { words } = print;
  const title = `${words.pickList} ${list.number}`;
  const blocks: Paper['blocks'] = [
    { kind: 'head', title, lines: [`${words.node} ${list.nodeCode} · ${list.nodeName}`], barcode: list.number },
    {
      kind: 'columns',
      columns: [
        { label: words.pickedBy, lines: [list.by.name ?? words.unknown] },
        { label: words.started, lines: [print.dateTime(list.createdAt)] },
        { label: words.orders, lines: [print.number(list.orders.length)] },
        { label: words.units, lines: [print.number(unitsOf(list.orders))] },
      ],
    },
  ];
  const rest: Paper['blocks'] =
    list.goods.length === 0
      ? [{ kind: 'note', text: words.nothingLeft }]
      : [
          {
            kind: 'table',
            columns: [
              { header: words.bin, share: 12, strong: true },
              { header: words.sku, share: 20 },
              { header: words.item, share: 34 },
              { header: words.units, share: 9, right: true, strong: true },
              { header: words.forOrders, share: 25 },
            ],
            rows: list.goods.map(({ bin, skuCode, name, units, lots, orders }) => [
              bin ?? words.unknown,
              skuCode ?? words.unknown,
              [name, ...lots.map((lot) => lotLine(lot, print))].join('\n'),
              print.number(units),
              orders.map((order) => `${order.number} × ${print.number(order.units)}`).join('\n'),
            ]),
          },
          {
            kind: 'table',
            columns: [
              { header: words.order, share: 25, strong: true },
              { header: words.customer, share: 60 },
              { header: words.units, share: 15, right: true },
            ],
            rows: list.orders.map(({ number, customerName, units }) => [
              number,
              customerName ?? words.unknown,
              print.number(units),
            ]),
          },
        ];
  return {
    title,
    author: list.merchantName,
    language: print.locale,
    at: print.at,
    foot: `${list.merchantName} · ${list.nodeCode} · ${list.number}`,
    blocks: [...blocks, ...rest],
  };
}
