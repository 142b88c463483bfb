import { newId } from '../../kernel/ids.ts';
import { AT } from './books-fixture.ts';
import { addPrograms } from './programs-fixture.ts';
import { addTenders } from './tenders-fixture.ts';
import { addWallets } from './wallets-fixture.ts';
import { type LineSpec, type OrderRow, World } from './world-fixture.ts';

/** Every order state there is, with the stock and money that belong to it. */
export function consistentWorld(): World {
  const w = new World();
  const n = w.nodeId;
  for (const code of ['A', 'B']) w.move(code, 'receive', { on_hand: 20, sellable: 20 });
  w.move('A', 'safety', { safety: 2, sellable: -2 });
  w.move('C', 'receive', { on_hand: 1, sellable: 1 });
  deliveredOrder(w, n);
  waitingOrder(w, n);
  pendingOrder(w);
  abandonedOrder(w);
  returnedOrder(w, n);
  partlyShippedOrder(w, n);
  addWallets(w);
  addTenders(w);
  addPrograms(w);
  const requested = {
    action: 'refund',
    subject: 'order',
    subject_id: newId(),
    summary: 's',
    payload: {},
    requested_by: 'user:a',
    requested_at: AT,
    expires_at: AT,
  };
  w.add('approvals', { id: newId(), ...requested, status: 'approved', decided_by: 'user:b', decided_at: AT });
  reservedCart(w);
  const claim = { principal: 'user:a', operation: 'place-order', request_hash: '\\x00', created_at: AT };
  w.add('idempotency_keys', { ...claim, key: 'k', outcome: { ok: 1 } });
  return w;
}

/** A cart of a channel with a rule holds a unit. */
function reservedCart(w: World): void {
  const id = newId();
  const times = { expires_at: '2999-01-01T00:00:00Z', created_at: AT, updated_at: AT };
  w.add('reservations', { id, home: 'EU', merchant_id: w.merchantId, channel: 'shop', status: 'open', ...times });
  w.add('reservation_lines', { reservation_id: id, sku_id: w.sku('A'), quantity: 1 });
  w.move('A', 'promise', { promised: 1 }, { reference: id, channel: 'shop', channel_delta: 1, channel_version: 1 });
  w.supplyOf('A').by_channel = true;
  w.add('channel_supply', { sku_id: w.sku('A'), region: 'EU', channel: 'shop', cap: 5, promised: 1, version: 1 });
}

/** Delivered, paid, one unit of three refunded, a goodwill refund: finished. */
function deliveredOrder(w: World, n: string): void {
  const item: LineSpec = {
    sku: 'A',
    quantity: 3,
    net: 3001,
    discount: 100,
    tax: 551,
    spans: [
      [1, 2, 'delivered', n],
      [3, 3, 'delivered', n],
    ],
  };
  const o = w.order('FULFILLED', 'PARTIALLY_REFUNDED', [item, { net: 499, tax: 95, spans: [[1, 1, 'delivered']] }]);
  w.move('A', 'promise', { promised: 3 }, { order_id: o.id });
  w.move('A', 'allocate', { allocated: 3 }, { order_id: o.id });
  w.move('A', 'ship', { on_hand: -3, allocated: -3, sellable: -3, promised: -3 }, { order_id: o.id });
  const total = Number(o.total_minor);
  const p = w.authorize(o, 'PARTIALLY_REFUNDED', total);
  w.ship(o, w.spans(o), 'DELIVERED');
  w.capture(o, p, total, 140);
  w.refund(
    o,
    p,
    w.spans(o).filter((span) => span.from_unit === 3),
  );
  w.refund(o, p, [], 250);
  disputed(w, o, p, { number: 'EU-D10002', status: 'lost', amount: 700, fee: 150 });
  o.finished_at = AT;
  w.saga(o, 'done');
}

/** Confirmed: units allocated, waiting and cancelled; one SKU short after damage. */
function waitingOrder(w: World, n: string): void {
  const o = w.order('CONFIRMED', 'AUTHORIZED', [
    { sku: 'A', quantity: 2, net: 2000, tax: 380, spans: [[1, 2, 'allocated', n]] },
    {
      sku: 'B',
      quantity: 4,
      net: 3999,
      tax: 760,
      spans: [
        [1, 3, 'open'],
        [4, 4, 'cancelled'],
      ],
    },
    { sku: 'C', quantity: 1, net: 100, spans: [[1, 1, 'allocated', n]] },
    { sku: 'S', stocked: false, quantity: 2, net: 500, spans: [[1, 2, 'open']] },
  ]);
  w.move('A', 'promise', { promised: 2 }, { order_id: o.id });
  w.move('A', 'allocate', { allocated: 2 }, { order_id: o.id });
  w.move('B', 'promise', { promised: 4 }, { order_id: o.id });
  w.move('B', 'release', { promised: -1 }, { order_id: o.id });
  w.move('C', 'promise', { promised: 1 }, { order_id: o.id });
  w.move('C', 'allocate', { allocated: 1 }, { order_id: o.id });
  w.move('C', 'damage', { on_hand: -1, sellable: -1, shortfall: 1, short: 1 });
  const work = { sku_id: w.sku('C'), region: 'EU', node_id: n, merchant_id: w.merchantId, shortfall: 1, short: 1 };
  w.add('shortage_work', { id: newId(), ...work, status: 'open', reason: 'damage', opened_at: AT });
  w.authorize(o, 'AUTHORIZED', Number(o.total_minor) - Number(o.cancelled_minor));
  w.add('order_notes', { id: newId(), order_id: o.id, body: 'Call first.', actor: 'user:a', at: AT });
  const event_id = w.tables.get('events')?.at(-1)?.id;
  w.add('notifications', {
    id: newId(),
    kind: 'order_confirmed',
    event_id,
    order_id: o.id,
    data: {},
    status: 'sent',
    created_at: AT,
  });
  const run = newId();
  w.add('import_runs', {
    id: run,
    format: 'online-retail',
    merchant_id: w.merchantId,
    status: 'done',
    files: [],
    started_at: AT,
  });
  w.add('import_lines', { merchant_id: w.merchantId, file: 'f', line: 1, run_id: run, bucket: 'sale', order_id: o.id });
  pickedOrder(w, n, o);
  w.add('checkouts', {
    id: newId(),
    home: 'EU',
    merchant_id: w.merchantId,
    source: 'shop',
    state: 'paid',
    currency: 'EUR',
    lines: [],
    customer: {},
    order_id: o.id,
    order_ids: [o.id],
    locale: 'en',
    created_by: 'system:checkout',
    created_at: AT,
    updated_at: AT,
    expires_at: '2100-01-01T00:00:00Z',
    version: 1,
  });
}

/** Somebody has gone for its first line's units. */
function pickedOrder(w: World, n: string, o: OrderRow): void {
  const list = newId();
  const who = { home: 'EU', merchant_id: w.merchantId, node_id: n, created_by: 'user:a', created_at: AT, trace_id: 't' };
  w.add('pick_lists', { id: list, number: 'EU-P1', ...who });
  const task = { node_id: n, position: 1, status: 'picking', changed_by: 'user:a', changed_at: AT };
  w.add('pick_tasks', { pick_list_id: list, order_id: o.id, ...task });
  w.add('pick_lines', { pick_list_id: list, line_id: w.spans(o)[0]?.line_id, from_unit: 1, to_unit: 2, order_id: o.id });
}

/** Placed, its payment on the way. */
function pendingOrder(w: World): void {
  const o = w.order('PENDING', 'UNPAID', [
    {
      sku: 'B',
      quantity: 2,
      net: 2000,
      spans: [
        [1, 1, 'open'],
        [2, 2, 'backordered'],
      ],
    },
  ]);
  w.move('B', 'promise', { promised: 2 }, { order_id: o.id });
  const waits = {
    order_id: o.id,
    sku_id: w.sku('B'),
    region: 'EU',
    merchant_id: o.merchant_id,
    kind: 'backorder',
    policy_version: 1,
  };
  const days = { since: AT, first_promised_on: '2026-12-24', promised_on: '2026-12-24' };
  w.add('backorders', { line_id: w.spans(o)[0]?.line_id, from_unit: 2, to_unit: 2, ...waits, ...days });
  w.payment(o, 'CREATED', 2000);
  w.saga(o, 'waiting');
}

/** Never confirmed: authorized, given up, voided. */
function abandonedOrder(w: World): void {
  const o = w.order('CANCELLED', 'VOIDED', [{ sku: 'B', quantity: 1, net: 1000, spans: [[1, 1, 'cancelled']] }], {
    confirmed_at: null,
  });
  w.move('B', 'promise', { promised: 1 }, { order_id: o.id });
  w.move('B', 'release', { promised: -1 }, { order_id: o.id });
  w.void(o, w.authorize(o, 'VOIDED', 1000));
  o.finished_at = AT;
  w.saga(o, 'done');
}

/** All money back. */
function returnedOrder(w: World, n: string): void {
  const o = w.order('REFUNDED', 'REFUNDED', [{ sku: 'B', quantity: 2, net: 2000, tax: 381, spans: [[1, 2, 'returned', n]] }]);
  w.move('B', 'promise', { promised: 2 });
  w.move('B', 'allocate', { allocated: 2 });
  w.move('B', 'ship', { on_hand: -2, allocated: -2, sellable: -2, promised: -2 });
  const returnId = newId();
  w.move('B', 'return', { on_hand: 2, sellable: 2 }, { reference: returnId });
  const p = w.authorize(o, 'REFUNDED', 2381);
  w.ship(o, w.spans(o), 'DELIVERED');
  w.capture(o, p, 2381);
  w.refund(o, p, w.spans(o));
  sentBack(w, o, returnId, n);
  o.finished_at = AT;
}

/** The whole order came back by a return, which its refund settled. */
function sentBack(w: World, o: OrderRow, id: string, n: string): void {
  const refund = w.tables.get('refunds')?.at(-1) as Record<string, unknown>;
  refund.kind = 'return';
  const what = { number: 'EU-A10001', home: 'EU', merchant_id: w.merchantId, order_id: o.id, status: 'closed', wants: 'refund' };
  const money = { due_minor: 2381, refund_minor: 2381, refund_id: refund.id, currency: 'EUR', resolution: 'refund' };
  const said = { policy_version: 0, terms: {}, requested_by: 'user:a', requested_at: AT, version: 1, trace_id: 't' };
  const security = w.tables.get('payments')?.at(-1)?.id;
  w.add('returns', { id, ...what, ...money, ...said, security_id: security });
  for (const span of w.spans(o)) {
    span.return_id = id;
    const range = { line_id: span.line_id, from_unit: span.from_unit, to_unit: span.to_unit, order_id: o.id };
    const verdict = { status: 'inspected', node_id: n, verdict: 'accept', value_bps: 10_000, stock: 'sellable' };
    w.add('return_lines', { return_id: id, ...range, reason: 'changed_mind', ...verdict });
  }
}

/** One unit shipped and captured, and to be sent again; one packed in a parcel that has not left. */
function partlyShippedOrder(w: World, n: string): void {
  const o = w.order('PARTIALLY_FULFILLED', 'PARTIALLY_CAPTURED', [
    {
      sku: 'A',
      quantity: 2,
      net: 2001,
      discount: 1,
      spans: [
        [1, 1, 'shipped', n],
        [2, 2, 'allocated', n],
      ],
    },
    { sku: 'A', quantity: 1, net: 0, spans: [[1, 1, 'open']] },
  ]);
  w.move('A', 'promise', { promised: 3 });
  w.move('A', 'allocate', { allocated: 2 });
  const p = w.authorize(o, 'PARTIALLY_CAPTURED', 2000);
  const [first, second] = w.spans(o);
  w.ship(o, first ? [first] : [], 'IN_TRANSIT');
  w.ship(o, second ? [second] : [], 'LABELLED');
  const shipment_id = first?.shipment_id;
  const instead = w.tables.get('order_lines')?.at(-1);
  Object.assign(instead ?? {}, { replaces_line_id: first?.line_id, replaces_shipment_id: shipment_id });
  w.move('A', 'ship', { on_hand: -1, allocated: -1, sellable: -1, promised: -1 }, { order_id: o.id, shipment_id });
  w.capture(o, p, 1000);
  // Its cardholder's bank has taken half of that, and nothing more leaves.
  disputed(w, o, p, { number: 'EU-D10001', status: 'open', amount: 500, fee: 150 });
  o.holds = ['dispute'];
}

/** A dispute with its bookings. */
function disputed(
  w: World,
  o: OrderRow,
  p: ReturnType<World['payment']>,
  said: { readonly number: string; readonly status: 'open' | 'lost'; readonly amount: number; readonly fee: number },
): void {
  const { number, status, amount, fee } = said;
  const extra = { payment_id: p.id, reference: number };
  w.transfer('chargeback', 'single', w.account('chargebacks', 'debit'), w.clearing, amount, o, extra);
  w.transfer('chargeback_fee', 'single', w.account('dispute_fees', 'debit'), w.clearing, fee, o, extra);
  const whose = {
    home: 'EU',
    merchant_id: o.merchant_id,
    order_id: o.id,
    payment_id: p.id,
    provider: 'card',
    provider_ref: number,
  };
  const money = {
    amount_minor: amount,
    taken_minor: amount,
    fee_minor: fee,
    fee_back_minor: 0,
    set_off_minor: 0,
    currency: 'EUR',
  };
  const times = { opened_at: AT, said_at: AT, closed_at: status === 'lost' ? AT : null, version: 1 };
  w.add('disputes', { id: newId(), number, ...whose, status, reason: 'fraudulent', ...money, evidence: {}, ...times });
  p.disputed_minor = Number(p.disputed_minor ?? 0) + amount;
}
