import type { Sku } from '../../domains/catalog/rules.ts';
import type { AddedLine } from '../../domains/edits/rules.ts';
import { isCancellable, type Line } from '../../domains/orders/rules.ts';
import type { EditChange } from '../../domains/orders/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import { offersFor, type Parcel } from '../../domains/shipping/rules.ts';
import * as taxes from '../../domains/taxes/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { formatDecimal, parseDecimal } from '../../kernel/money.ts';
import { changeSpans, type UnitRange, unitsIn, valueOfUnits, worthOf } from '../../kernel/units.ts';
import { type PricedGood, priceGoods, priceShipping, type Terms } from '../price-order.ts';
import type { EditWorld } from './edit-world.ts';

/**
 * What an edit adds costs what it costs now: the catalogue's price, or one that was named, and the tax of where the order goes. A discount of
 * the whole order stays with the lines that it was spread over. But units that an earlier edit took away, and that come back at the same price
 * and tax, come back on their old terms, to the cent.
 */
export interface WantedGood {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice?: string | undefined;
  readonly discountMinor?: bigint | undefined;
}

/** Whose taxes the order bears, and in what it is priced. */
export function termsOf(world: EditWorld, order: Order): Terms & { readonly country: string } {
  const { merchantId, currency, shipTo } = order.row;
  const merchant = world.catalog.merchants.get(merchantId);
  if (!merchant) throw new DomainError('not_found', 'There is no such merchant.');
  const store = world.fulfilment.nodes
    .get(merchantId)
    ?.find((node) => node.id === world.pickups.byOrder.get(order.row.id)?.nodeId);
  const place = (store?.address ?? shipTo) as { readonly country?: string } | null;
  const country = place?.country || merchant.country;
  return {
    merchant,
    currency,
    country,
    pricesIncludeTax: merchant.pricesIncludeTax,
    rateOf: (taxClass) => taxes.rateOf(world.rates, merchantId, country, taxClass),
  };
}

const samePrice = (a: string, b: string): boolean => parseDecimal(a) === parseDecimal(b);

/** Units of a SKU among `left` whose old terms hold still: the same price and tax as now. Taken out of `left`. */
function takeBack(order: Order, sku: Sku, terms: Terms, units: number, left: UnitRange[]): UnitRange[] {
  const taken: UnitRange[] = [];
  let open = units;
  for (const range of [...left]) {
    const line = order.lines.find((candidate) => candidate.id === range.lineId);
    const same =
      line?.kind === 'item' &&
      line.skuId === sku.id &&
      samePrice(line.unitPrice, sku.price) &&
      samePrice(line.taxRate, formatDecimal(terms.rateOf(sku.taxClass)));
    if (!same || open === 0) continue;
    const size = Math.min(open, unitsIn([range]));
    const part = { ...range, to: range.from + size - 1 };
    left.splice(left.indexOf(range), 1, ...(part.to < range.to ? [{ ...range, from: part.to + 1 }] : []));
    taken.push(part);
    open -= size;
  }
  return taken;
}

function restored(order: Order, ranges: readonly UnitRange[]): AddedLine[] {
  return [...Map.groupBy(ranges, (range) => range.lineId)].map(([lineId, own]) => {
    const line = order.lines.find((candidate) => candidate.id === lineId) as Line;
    const { netMinor, discountMinor, taxMinor, totalMinor } = worthOf(order.lines, own);
    const { skuId, skuCode, name, stocked, unitPrice, taxRate } = line;
    const money = { unitPrice, netMinor, discountMinor, taxMinor, totalMinor, taxRate };
    return { kind: 'item', skuId, skuCode, name, stocked, quantity: unitsIn(own), ...money, restores: own };
  });
}

const asAdded = (good: PricedGood): AddedLine => ({
  kind: 'item',
  skuId: good.sku.id,
  skuCode: good.sku.code,
  name: good.name,
  stocked: good.sku.stocked,
  quantity: good.wanted.quantity,
  unitPrice: good.unitPrice,
  netMinor: good.netMinor,
  discountMinor: good.discountMinor,
  taxMinor: good.taxMinor,
  totalMinor: good.totalMinor,
  taxRate: formatDecimal(good.taxRateMicros),
  restores: [],
});

/** The lines that what is added makes. `back`: units that may come back on their old terms. */
export function priceAdded(
  world: EditWorld,
  order: Order,
  terms: Terms,
  wanted: readonly WantedGood[],
  back: readonly UnitRange[],
): AddedLine[] {
  const left = [...back];
  return wanted.flatMap((want) => {
    const [good] = priceGoods(world.catalog, terms, [want], 0n) as [PricedGood];
    const own = want.unitPrice !== undefined || want.discountMinor !== undefined;
    const ranges = own ? [] : takeBack(order, good.sku, terms, want.quantity, left);
    const fresh = want.quantity - unitsIn(ranges);
    const [rest] = fresh > 0 ? priceGoods(world.catalog, terms, [{ ...want, quantity: fresh }], 0n) : [];
    return [...restored(order, ranges), ...(rest ? [asAdded(rest)] : [])];
  });
}

/** The parcel that a delivery is priced for: what there will be. */
function parcelOf(world: EditWorld, order: Order, terms: Terms & { country: string }, after: Goods): Parcel {
  const live = changeSpans(order.spans, after.removed, () => ({ state: 'cancelled' })).filter(
    (span) => span.state !== 'cancelled',
  );
  const codes = new Map(order.lines.map((line) => [line.id, line]));
  const parts = [
    ...live.flatMap((span) => {
      const line = codes.get(span.lineId);
      return line?.kind === 'item'
        ? [{ ...valueOfUnits(line, span.from, span.to), code: line.skuCode, units: unitsIn([span]) }]
        : [];
    }),
    ...after.added.map((line) => ({ ...line, code: line.skuCode, units: line.quantity })),
  ];
  const weightOf = (code: string | null): number => world.catalog.skus.get(`${order.row.merchantId}:${code}`)?.weightGrams ?? 0;
  const to = after.shipTo ?? (order.row.shipTo as { postalCode?: string } | null);
  return {
    country: terms.country,
    postalCode: (to as { postalCode?: string } | null)?.postalCode,
    subtotalMinor: parts.reduce(
      (sum, part) => sum + part.netMinor - part.discountMinor + (terms.pricesIncludeTax ? part.taxMinor : 0n),
      0n,
    ),
    weightGrams: parts.reduce((sum, part) => sum + weightOf(part.code) * part.units, 0),
  };
}

interface Goods {
  readonly removed: readonly UnitRange[];
  readonly added: readonly AddedLine[];
  readonly shipTo: Readonly<Record<string, unknown>> | null;
}

export interface NewDelivery {
  readonly line: AddedLine;
  /** The deliveries that it takes the place of. */
  readonly removed: readonly UnitRange[];
  readonly shipping: { readonly method: string | null; readonly promisedFrom: string | null; readonly promisedBy: string | null };
}

/** Another way to send it, at its price of now for what there will be. */
export function priceDelivery(
  world: EditWorld,
  order: Order,
  terms: Terms & { country: string },
  change: Extract<EditChange, { change: 'shipping' }>,
  after: Goods,
  now: Date,
): NewDelivery {
  const shipped = new Set(order.lines.filter((line) => line.kind === 'shipping').map((line) => line.id));
  const spans = order.spans.filter((span) => shipped.has(span.lineId) && span.state !== 'cancelled');
  if (!spans.every(isCancellable))
    throw new DomainError('state_refuses', 'The delivery was paid with what has left already, and stays as it is.');
  const offers = offersFor(world.methods.get(order.row.merchantId) ?? [], parcelOf(world, order, terms, after), now);
  const offer = change.method === undefined ? undefined : offers.find((candidate) => candidate.code === change.method);
  if (change.method !== undefined && !offer)
    throw new DomainError('invalid_request', 'What is ordered cannot be sent this way to its address.', {
      field: 'method',
      offered: offers.map(({ code }) => code),
    });
  const name = offer?.name ?? change.name;
  const priceMinor = offer?.priceMinor ?? change.priceMinor;
  if (name === undefined || priceMinor === undefined)
    throw new DomainError('invalid_request', 'Name a shipping method, or a name and a price.', { field: 'shipping' });
  const { unitPrice, netMinor, discountMinor, taxMinor, totalMinor, taxRateMicros } = priceShipping(terms, priceMinor);
  return {
    line: {
      kind: 'shipping',
      ...{ skuId: null, skuCode: null, name, stocked: false, quantity: 1, restores: [] },
      ...{ unitPrice, netMinor, discountMinor, taxMinor, totalMinor, taxRate: formatDecimal(taxRateMicros) },
    },
    removed: spans.map(({ lineId, from, to }) => ({ lineId, from, to })),
    shipping: {
      method: offer?.code ?? null,
      promisedFrom: offer?.promisedFrom ?? null,
      promisedBy: offer?.promisedBy ?? null,
    },
  };
}
