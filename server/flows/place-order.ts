import { type PricedLine, priceLines } from '../domains/catalog/rules.ts';
import * as catalog from '../domains/catalog/service.ts';
import * as customers from '../domains/customers/service.ts';
import { planPromise } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { Line } from '../domains/orders/rules.ts';
import type { PlaceOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import * as payments from '../domains/payments/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { formatDecimal, minorDigits, parseDecimal, WIRE_LIMIT_MINOR } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { placementSaga } from './placement-saga.ts';
import { begin, lockWorld, settleOrder, takeNumber, tell, type World, writeWorld } from './world.ts';

/**
 * Places an order: prices it once, promises its stock and records the attempt to authorize its payment, all in one transaction. The
 * caller's answer is an order in PENDING; its saga takes it from there. Nothing is taken that is not promised, and nothing promised
 * outlives a failed authorization.
 */
export interface PlacedOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly currency: string;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly discountMinor: number;
  readonly customerId: string | null;
  readonly lines: readonly {
    readonly id: string;
    readonly sku: string | null;
    readonly name: string;
    readonly quantity: number;
    readonly totalMinor: number;
  }[];
}

/** A PENDING order is given up when its payment has no answer after this: an abandoned challenge, a silent provider. */
export const PENDING_LIMIT_MS = 30 * 60_000;

interface Placing extends World {
  readonly catalog: catalog.CatalogState;
  readonly customerIds: Map<Request<PlaceOrderInput>, string | null>;
  readonly externalIds: Set<string>;
}

async function lock(tx: Tx, requests: readonly Request<PlaceOrderInput>[]): Promise<Placing> {
  const inputs = requests.map((request) => request.input);
  const ctx = (requests[0] as Request<PlaceOrderInput>).ctx;
  const codes = inputs.flatMap((input) => input.lines.map((line) => ({ merchantId: input.merchantId, code: line.sku })));
  const goods = await catalog.load(
    tx,
    inputs.map((input) => input.merchantId),
    codes,
  );
  const found = await customers.resolve(tx, inputs.map(mentionOf), ctx.now);
  const skus = [...goods.skus.values()]
    .filter((sku) => sku.stocked)
    .map((sku) => ({ skuId: sku.id, merchantId: sku.merchantId }));
  const named = inputs.flatMap((input) =>
    input.externalId ? [{ merchantId: input.merchantId, externalId: input.externalId }] : [],
  );
  const world = await lockWorld(tx, { orderIds: [], supply: true, skus, numbers: { order: requests.length } }, ctx);
  // Read after the last lock: an order with this name that committed while we waited is seen.
  const externalIds = await orders.findExternalIds(tx, named);
  return {
    ...world,
    catalog: goods,
    externalIds,
    customerIds: new Map(requests.map((request, index) => [request, found[index] ?? null])),
  };
}

function mentionOf(input: PlaceOrderInput): customers.Mention {
  const { customer, merchantId, shipTo } = input;
  return {
    merchantId,
    externalId: customer.externalId,
    email: customer.email,
    name: customer.name,
    phone: customer.phone,
    country: customer.country ?? shipTo?.country,
  };
}

function decide(world: Placing, request: Request<PlaceOrderInput>): PlacedOrder {
  const { input, ctx } = request;
  const merchant = world.catalog.merchants.get(input.merchantId);
  if (!merchant?.active) throw new DomainError('not_found', 'There is no such merchant.');
  if (input.currency !== merchant.currency) {
    throw new DomainError(
      'currency_mismatch',
      `${merchant.name} sells in ${merchant.currency}. Send the order in that currency.`,
    );
  }
  const externalKey = input.externalId ? `${input.merchantId}:${input.externalId}` : null;
  if (externalKey && world.externalIds.has(externalKey))
    throw new DomainError('duplicate_external_id', `An order with the external_id ${input.externalId} exists already.`);
  const orderId = newId();
  const lines = linesOf(world, input, orderId, merchant);
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0n);
  if (totalMinor >= WIRE_LIMIT_MINOR) throw new DomainError('amount_out_of_range', 'The order total is too large.');
  if (totalMinor > 0n && !input.payment)
    throw new DomainError('invalid_request', 'The order costs something: send payment.token of the payment provider.', {
      field: 'payment',
    });
  const promises = planPromise(
    world.inventory,
    lines.flatMap((line) =>
      line.stocked && line.skuId ? [{ skuId: line.skuId, skuCode: line.skuCode ?? '', quantity: line.quantity }] : [],
    ),
  );

  if (externalKey) world.externalIds.add(externalKey);
  const order = orders.add(world.orders, newRow(world, request, orderId, merchant.home, totalMinor), lines);
  inventory.apply(world.inventory, promises, { orderId }, ctx);
  if (input.payment && totalMinor > 0n) {
    const payment = payments.addPayment(
      world.payments,
      {
        orderId,
        merchantId: input.merchantId,
        provider: input.payment.provider,
        method: 'card',
        token: input.payment.token,
        currency: input.currency,
        amountMinor: totalMinor,
      },
      ctx,
    );
    payments.startOperation(world.payments, payment, 'authorize', totalMinor, null, ctx);
  }
  settleOrder(world, order, null, ctx);
  tell(world, order, 'order.placed', { totalMinor, currency: input.currency, channel: input.channel, lines: lines.length }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.placed',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      after: { number: order.row.number, totalMinor, currency: input.currency, channel: input.channel, lines: lines.length },
    },
    ctx,
  );
  begin(
    world,
    placementSaga,
    order,
    { deadline: order.row.expiresAt, state: input.payment?.returnUrl ? { returnUrl: input.payment.returnUrl } : {} },
    ctx,
  );
  return answer(order);
}

function newRow(
  world: Placing,
  request: Request<PlaceOrderInput>,
  id: string,
  home: string,
  totalMinor: bigint,
): orders.OrderRow {
  const { input, ctx } = request;
  return {
    id,
    home,
    merchantId: input.merchantId,
    customerId: world.customerIds.get(request) ?? null,
    number: takeNumber(world, 'order'),
    externalId: input.externalId ?? null,
    channel: input.channel,
    currency: input.currency,
    customerName: input.customer.name ?? input.shipTo?.name ?? null,
    email: input.customer.email ?? null,
    phone: input.customer.phone ?? input.shipTo?.phone ?? null,
    shipTo: input.shipTo ?? null,
    billTo: input.billTo ?? null,
    metadata: input.metadata,
    placedAt: ctx.now,
    // Nobody stands at the checkout of an order that is imported.
    expiresAt: input.channel === 'import' ? null : new Date(ctx.now.getTime() + PENDING_LIMIT_MS),
    totalMinor,
    status: 'PENDING',
    paymentStatus: 'UNPAID',
    fulfilmentStatus: 'UNALLOCATED',
    holds: [],
    tags: [...new Set(input.tags)],
    cancelledMinor: 0n,
    authorizedMinor: 0n,
    capturedMinor: 0n,
    refundedMinor: 0n,
    goodwillMinor: 0n,
    receivableMinor: 0n,
    cancellation: null,
    confirmedAt: null,
    finishedAt: null,
    updatedAt: ctx.now,
    version: 0n,
  };
}

function linesOf(world: Placing, input: PlaceOrderInput, orderId: string, merchant: catalog.Merchant): Line[] {
  const country = input.shipTo?.country ?? merchant.country;
  const rate = (taxClass: string): bigint => catalog.taxRate(world.catalog, merchant.id, country, taxClass);
  const wanted = input.lines.map((line) => {
    const sku = world.catalog.skus.get(`${input.merchantId}:${line.sku}`);
    if (!sku?.active)
      throw new DomainError('unknown_sku', `The SKU ${line.sku} does not exist or is not for sale.`, { sku: line.sku });
    if (sku.currency !== input.currency)
      throw new DomainError('currency_mismatch', `The SKU ${line.sku} is sold in ${sku.currency}.`);
    const unitPrice = line.unitPrice ?? sku.price;
    return {
      kind: 'item' as const,
      sku,
      name: line.name ?? sku.name,
      unitPrice,
      quantity: line.quantity,
      discountMinor: line.discountMinor ?? 0n,
      rate: rate(sku.taxClass),
    };
  });
  const priced = price(wanted, input.discountMinor ?? 0n, merchant);
  const lines = wanted.map(
    (line, index): Line => ({
      id: newId(),
      orderId,
      position: index + 1,
      kind: 'item',
      skuId: line.sku.id,
      skuCode: line.sku.code,
      name: line.name,
      stocked: line.sku.stocked,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      ...(priced[index] as PricedLine),
      taxRate: formatDecimal(line.rate),
    }),
  );
  if (!input.shipping) return lines;
  if (input.shipping.priceMinor < 0n)
    throw new DomainError('invalid_request', 'A shipping price is not negative.', { field: 'shipping.price_minor' });
  const shippingRate = rate('shipping');
  const unitPrice = formatDecimal(input.shipping.priceMinor, minorDigits(input.currency));
  const [shipping] = price([{ unitPrice, quantity: 1, discountMinor: 0n, rate: shippingRate }], 0n, merchant);
  lines.push({
    id: newId(),
    orderId,
    position: lines.length + 1,
    kind: 'shipping',
    skuId: null,
    skuCode: null,
    name: input.shipping.name,
    stocked: false,
    quantity: 1,
    unitPrice,
    ...(shipping as PricedLine),
    taxRate: formatDecimal(shippingRate),
  });
  return lines;
}

function price(
  wanted: readonly { unitPrice: string; quantity: number; discountMinor: bigint; rate: bigint }[],
  discountMinor: bigint,
  merchant: catalog.Merchant,
): PricedLine[] {
  if (discountMinor < 0n || wanted.some((line) => line.discountMinor < 0n))
    throw new DomainError('invalid_request', 'A discount is not negative.');
  const requests = wanted.map((line) => ({
    priceMicros: parseDecimal(line.unitPrice) ?? 0n,
    quantity: line.quantity,
    discountMinor: line.discountMinor,
    taxRateMicros: line.rate,
  }));
  const priced = priceLines(requests, discountMinor, merchant.pricesIncludeTax, merchant.currency);
  if (!priced) throw new DomainError('invalid_request', 'The discounts are larger than what they are taken from.');
  return priced;
}

function answer(order: orders.Order): PlacedOrder {
  const sum = (pick: (line: Line) => bigint): number => Number(order.lines.reduce((total, line) => total + pick(line), 0n));
  return {
    id: order.row.id,
    number: order.row.number,
    status: order.row.status,
    paymentStatus: order.row.paymentStatus,
    currency: order.row.currency,
    totalMinor: Number(order.row.totalMinor),
    taxMinor: sum((line) => line.taxMinor),
    discountMinor: sum((line) => line.discountMinor),
    customerId: order.row.customerId,
    lines: order.lines.map((line) => ({
      id: line.id,
      sku: line.skuCode,
      name: line.name,
      quantity: line.quantity,
      totalMinor: Number(line.totalMinor),
    })),
  };
}

export const placeOrder: Verb<PlaceOrderInput, Placing, PlacedOrder> = {
  name: 'place-order',
  lock,
  decide,
  write: (tx: Tx, world: Placing) => writeWorld(tx, world),
};
