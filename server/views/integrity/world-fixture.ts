import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';
import { shareOfUnits } from '../../kernel/money.ts';

/**
 * A small world written by hand, row by row, for tests of the oracle: it shares no code with the flows, so that both can be wrong
 * only apart. Amounts are plain numbers of minor units.
 */
type Row = Record<string, unknown>;
type Side = 'debit' | 'credit';
type SpanSpec = readonly [from: number, to: number, state: string, node?: string];
export type LineSpec = {
  readonly sku?: string;
  readonly stocked?: boolean;
  readonly quantity?: number;
  readonly net: number;
  readonly discount?: number;
  readonly tax?: number;
  readonly spans: readonly SpanSpec[];
};

export const AT = '2026-11-22T10:00:00.000Z';
const REGION = 'EU';

interface Account extends Row {
  readonly id: string;
  readonly normal_side: Side;
  debits_posted: number;
  credits_posted: number;
  debits_pending: number;
  credits_pending: number;
  version: number;
}
export interface OrderRow extends Row {
  readonly id: string;
  receivable_minor: number;
  captured_minor: number;
  refunded_minor: number;
  goodwill_minor: number;
  authorized_minor: number;
  version: number;
}
export interface PaymentRow extends Row {
  readonly id: string;
  hold_id: string | null;
  status: string;
  captured_minor: number;
  refunded_minor: number;
  authorized_minor: number;
  fee_minor: number;
}

export class World {
  readonly tables = new Map<string, Row[]>();
  readonly merchantId = newId();
  readonly customerId = newId();
  readonly nodeId = newId();
  readonly accounts = new Map<string, Account>();
  readonly skus = new Map<string, string>();
  private readonly supply = new Map<string, Row>();
  private readonly stock = new Map<string, Row>();
  private number = 10_000;

  constructor() {
    this.add('merchants', {
      id: this.merchantId,
      home: REGION,
      slug: 'm',
      name: 'M',
      currency: 'EUR',
      country: 'DE',
      created_at: AT,
    });
    this.add('customers', { id: this.customerId, email: 'c@example.com', email_normalized: 'c@example.com', created_at: AT });
    const node = {
      id: this.nodeId,
      merchant_id: this.merchantId,
      home: REGION,
      code: 'N1',
      name: 'N1',
      kind: 'warehouse',
      created_at: AT,
    };
    this.add('nodes', node);
  }

  /** Remembers a row for `insert`. Columns left out take their defaults. */
  add<T extends Row>(table: string, row: T): T {
    const rows = this.tables.get(table) ?? [];
    this.tables.set(table, rows);
    rows.push(row);
    return row;
  }

  sku(code: string, stocked = true): string {
    const known = this.skus.get(code);
    if (known) return known;
    const id = newId();
    this.skus.set(code, id);
    this.add('skus', {
      id,
      merchant_id: this.merchantId,
      code,
      name: code,
      stocked,
      price: 10,
      currency: 'EUR',
      created_at: AT,
      updated_at: AT,
    });
    return id;
  }

  /** One movement: its deltas change the supply row, and the node's row where it names any of the node's counters. */
  move(code: string, kind: string, deltas: Record<string, number>, extra: Row = {}): void {
    const sku_id = this.sku(code);
    const base = { sku_id, merchant_id: this.merchantId, region: REGION };
    const supply = this.supply.get(code) ?? this.add('sku_supply', { ...base, version: 0 });
    this.supply.set(code, supply);
    const touches = (columns: readonly string[]) => columns.some((column) => (deltas[column] ?? 0) !== 0);
    const bump = (row: Row, columns: readonly string[]) => {
      if (!touches(columns)) return null;
      for (const column of columns) row[column] = Number(row[column] ?? 0) + (deltas[column] ?? 0);
      row.version = Number(row.version) + 1;
      return row.version;
    };
    const supply_version = bump(supply, ['sellable', 'promised', 'limit_over', 'shortfall']);
    const nodeColumns = ['on_hand', 'allocated', 'safety', 'short'];
    let node: Row = { node_id: null, node_version: null };
    if (touches(nodeColumns)) {
      const stock = this.stock.get(code) ?? this.add('node_stock', { ...base, node_id: this.nodeId, version: 0 });
      this.stock.set(code, stock);
      node = { node_id: this.nodeId, node_version: bump(stock, nodeColumns) };
    }
    const columns = Object.entries(deltas).map(([name, delta]) => [`${name === 'limit_over' ? 'limit' : name}_delta`, delta]);
    const row = {
      id: newId(),
      ...base,
      kind,
      ...Object.fromEntries(columns),
      ...node,
      supply_version,
      actor: 'system:test',
      trace_id: 't',
      at: AT,
    };
    this.add('stock_movements', { ...row, ...extra });
  }

  account(kind: string, normal_side: Side, currency = 'EUR'): Account {
    const code = `${kind}:${currency}`;
    const known = this.accounts.get(code);
    if (known) return known;
    const counters = { debits_posted: 0, credits_posted: 0, debits_pending: 0, credits_pending: 0, version: 0 };
    const account = {
      id: newId(),
      code,
      kind,
      home: REGION,
      merchant_id: this.merchantId,
      currency,
      normal_side,
      ...counters,
      created_at: AT,
    };
    this.accounts.set(code, account);
    return this.add('accounts', account);
  }

  get receivable() {
    return this.account('receivable', 'debit');
  }
  get payable() {
    return this.account('merchant_payable', 'credit');
  }
  get clearing() {
    return this.account('psp_clearing', 'debit');
  }

  /** One transfer with its effect on both accounts, the hold and the order's receivable. */
  transfer(
    kind: string,
    phase: string,
    debit: Account,
    credit: Account,
    amount: number,
    order: OrderRow | null,
    extra: Row = {},
  ): string {
    const id = newId();
    const posted = phase === 'single' || phase === 'post';
    debit.version += 1;
    credit.version += 1;
    if (posted) {
      debit.debits_posted += amount;
      credit.credits_posted += amount;
    }
    if (phase !== 'single') {
      debit.debits_pending += phase === 'pending' ? amount : -amount;
      credit.credits_pending += phase === 'pending' ? amount : -amount;
    }
    const balance = (a: Account) => (a.normal_side === 'debit' ? 1 : -1) * (a.debits_posted - a.credits_posted);
    if (order && posted) {
      if (debit.kind === 'receivable') order.receivable_minor += amount;
      if (credit.kind === 'receivable') order.receivable_minor -= amount;
    }
    const versions = { debit_version: debit.version, credit_version: credit.version };
    const balances = { debit_balance_minor: balance(debit), credit_balance_minor: balance(credit) };
    const sides = { debit_account: debit.id, credit_account: credit.id, amount_minor: amount, currency: debit.currency };
    const row = { id, journal_id: newId(), kind, phase, ...sides, order_id: order?.id ?? null, ...versions, ...balances };
    this.add('transfers', { ...row, actor: 'system:test', trace_id: 't', at: AT, ...extra });
    if (phase === 'pending') {
      const rest = { remaining_minor: amount, status: 'open', order_id: order?.id ?? null, created_at: AT };
      this.add('holds', {
        id,
        debit_account: debit.id,
        credit_account: credit.id,
        currency: debit.currency,
        amount_minor: amount,
        ...rest,
      });
    }
    return id;
  }

  private releaseHold(id: string, amount: number, status: 'posted' | 'voided'): void {
    const hold = this.find('holds', id);
    hold.remaining_minor = Number(hold.remaining_minor) - amount;
    if (hold.remaining_minor === 0) hold.status = status;
  }

  find(table: string, id: unknown): Row {
    const row = this.tables.get(table)?.find((candidate) => candidate.id === id);
    if (!row) throw new Error(`The fixture has no ${table} ${String(id)}`);
    return row;
  }

  event(order: OrderRow, type: string): void {
    order.version += 1;
    const subject = { aggregate: 'order', aggregate_id: order.id, aggregate_version: order.version };
    const row = {
      id: newId(),
      home: REGION,
      merchant_id: this.merchantId,
      ...subject,
      type,
      data: {},
      actor: 'system:test',
      trace_id: 't',
      at: AT,
    };
    this.add('events', row);
  }

  /** An order with its lines and spans; amounts of money start at zero, statuses are what the test says. */
  order(status: string, paymentStatus: string, lines: readonly LineSpec[], extra: Row = {}): OrderRow {
    const id = newId();
    let total = 0;
    let cancelled = 0;
    lines.forEach((line, index) => {
      const { quantity = 1, net, discount = 0, tax = 0, stocked = true } = line;
      const line_id = newId();
      const value = net - discount + tax;
      total += value;
      const money = {
        net_minor: net,
        discount_minor: discount,
        tax_minor: tax,
        total_minor: value,
        unit_price: 10,
        tax_rate: 0.19,
      };
      const item = line.sku ? { kind: 'item', sku_id: this.sku(line.sku, stocked), sku_code: line.sku } : { kind: 'shipping' };
      this.add('order_lines', {
        id: line_id,
        order_id: id,
        position: index + 1,
        name: 'x',
        ...item,
        stocked: line.sku ? stocked : false,
        quantity,
        ...money,
      });
      for (const [from_unit, to_unit, state, node_id] of line.spans) {
        this.add('line_spans', {
          line_id,
          from_unit,
          to_unit,
          order_id: id,
          state,
          node_id: node_id ?? null,
          shipment_id: null,
          refund_id: null,
        });
        const parts = [net, -discount, tax].map(
          (part) => Math.sign(part) * shareOf(Math.abs(part), quantity, from_unit, to_unit),
        );
        if (state === 'cancelled') cancelled += parts.reduce((a, b) => a + b, 0);
      }
    });
    this.number += 1;
    const who = {
      home: REGION,
      merchant_id: this.merchantId,
      customer_id: this.customerId,
      number: `EU-${this.number}`,
      channel: 'api',
      currency: 'EUR',
    };
    const states = { status, payment_status: paymentStatus, fulfilment_status: 'UNALLOCATED', version: 0 };
    const sums = {
      total_minor: total,
      cancelled_minor: cancelled,
      authorized_minor: 0,
      captured_minor: 0,
      refunded_minor: 0,
      goodwill_minor: 0,
    };
    const confirmed = status === 'PENDING' ? null : AT;
    const times = { placed_at: AT, confirmed_at: confirmed, finished_at: null, updated_at: AT };
    const order: OrderRow = { id, ...who, ...states, ...sums, receivable_minor: 0, ...times, ...extra };
    this.add('orders', order);
    this.event(order, 'order.placed');
    if (order.confirmed_at !== null) {
      this.transfer('sale', 'single', this.receivable, this.payable, total, order);
      if (cancelled > 0) this.transfer('cancel', 'single', this.payable, this.receivable, cancelled, order);
      this.event(order, 'order.confirmed');
    }
    return order;
  }

  spans(order: OrderRow): Row[] {
    return (this.tables.get('line_spans') ?? []).filter((span) => span.order_id === order.id);
  }

  operation(payment: PaymentRow, kind: string, amount: number, subject_id: string | null = null): void {
    const whose = { payment_id: payment.id, order_id: payment.order_id };
    const outcome = { status: 'succeeded', provider_ref: `ref_${newId()}`, settled_at: AT };
    this.add('payment_operations', {
      id: newId(),
      ...whose,
      kind,
      amount_minor: amount,
      subject_id,
      ...outcome,
      trace_id: 't',
      created_at: AT,
    });
  }

  payment(order: OrderRow, status: string, amount: number): PaymentRow {
    const whose = {
      order_id: order.id,
      merchant_id: this.merchantId,
      provider: 'stripe',
      method: 'card',
      currency: 'EUR',
      amount_minor: amount,
    };
    const sums = { authorized_minor: 0, captured_minor: 0, refunded_minor: 0, fee_minor: 0, hold_id: null };
    return this.add('payments', {
      id: newId(),
      ...whose,
      status,
      ...sums,
      version: 1,
      created_at: AT,
      updated_at: AT,
    } as PaymentRow);
  }

  authorize(order: OrderRow, status: string, amount: number): PaymentRow {
    const payment = this.payment(order, status, amount);
    payment.authorized_minor = amount;
    order.authorized_minor = Number(order.authorized_minor) + amount;
    payment.hold_id = this.transfer('authorization', 'pending', this.clearing, this.receivable, amount, order, {
      payment_id: payment.id,
    });
    this.operation(payment, 'authorize', amount);
    this.event(order, 'payment.authorized');
    return payment;
  }

  capture(order: OrderRow, payment: PaymentRow, amount: number, fee = 0): void {
    const extra = { payment_id: payment.id, hold_id: payment.hold_id };
    this.transfer('capture', 'post', this.clearing, this.receivable, amount, order, extra);
    this.releaseHold(String(payment.hold_id), amount, 'posted');
    if (fee > 0)
      this.transfer('fee', 'single', this.account('psp_fees', 'debit'), this.clearing, fee, order, { payment_id: payment.id });
    payment.fee_minor += fee;
    payment.captured_minor += amount;
    order.captured_minor += amount;
    this.operation(payment, 'capture', amount);
    this.event(order, 'payment.captured');
  }

  void(order: OrderRow, payment: PaymentRow): void {
    const rest = Number(this.find('holds', payment.hold_id).remaining_minor);
    const extra = { payment_id: payment.id, hold_id: payment.hold_id };
    this.transfer('void', 'void', this.clearing, this.receivable, rest, order, extra);
    this.releaseHold(String(payment.hold_id), rest, 'voided');
    this.operation(payment, 'void', rest);
    this.event(order, 'payment.voided');
  }

  /** A succeeded refund of whole spans (units) or of an amount (goodwill), with its postings. */
  refund(order: OrderRow, payment: PaymentRow, spans: readonly Row[], goodwill = 0): void {
    const id = newId();
    let amount = goodwill;
    for (const span of spans) {
      const line = this.find('order_lines', span.line_id);
      const part = (name: string) =>
        shareOf(Number(line[name]), Number(line.quantity), Number(span.from_unit), Number(span.to_unit));
      const parts = { net_minor: part('net_minor'), discount_minor: part('discount_minor'), tax_minor: part('tax_minor') };
      const range = { from_unit: span.from_unit, to_unit: span.to_unit };
      this.add('refund_lines', { refund_id: id, line_id: span.line_id, ...range, order_id: order.id, ...parts });
      amount += parts.net_minor - parts.discount_minor + parts.tax_minor;
      span.refund_id = id;
    }
    const whose = {
      order_id: order.id,
      merchant_id: this.merchantId,
      number: `R-${id}`,
      kind: goodwill > 0 ? 'goodwill' : 'units',
    };
    const what = { status: 'succeeded', amount_minor: amount, currency: 'EUR', reason: 'test', requested_by: 'user:a' };
    this.add('refunds', { id, ...whose, ...what, created_at: AT, settled_at: AT });
    const leg = {
      refund_id: id,
      order_id: order.id,
      payment_id: payment.id,
      amount_minor: amount,
      status: 'succeeded',
      settled_at: AT,
    };
    this.add('refund_legs', { id: newId(), ...leg });
    this.operation(payment, 'refund', amount, id);
    const from = goodwill > 0 ? this.account('goodwill', 'debit') : this.payable;
    this.transfer('credit_note', 'single', from, this.receivable, amount, order, { payment_id: payment.id });
    this.transfer('refund', 'single', this.receivable, this.clearing, amount, order, { payment_id: payment.id });
    payment.refunded_minor += amount;
    order.refunded_minor += amount;
    if (goodwill > 0) order.goodwill_minor += amount;
    this.event(order, 'payment.refunded');
  }

  /** Puts spans into one shipment, worth what its units are worth. */
  ship(order: OrderRow, spans: readonly Row[], status: string): void {
    const id = newId();
    let value = 0;
    for (const span of spans) {
      const line = this.find('order_lines', span.line_id);
      const part = (name: string) =>
        shareOf(Number(line[name]), Number(line.quantity), Number(span.from_unit), Number(span.to_unit));
      value += part('net_minor') - part('discount_minor') + part('tax_minor');
      span.shipment_id = id;
      const range = { from_unit: span.from_unit, to_unit: span.to_unit };
      this.add('shipment_lines', { shipment_id: id, line_id: span.line_id, ...range, order_id: order.id });
    }
    const whose = { number: `S-${id}`, order_id: order.id, merchant_id: this.merchantId, node_id: this.nodeId };
    const what = { status, value_minor: value, currency: 'EUR', version: 1, created_at: AT, updated_at: AT };
    this.add('shipments', { id, ...whose, ...what });
    this.add('shipment_updates', { id: newId(), shipment_id: id, order_id: order.id, status, occurred_at: AT, received_at: AT });
    this.event(order, 'shipment.created');
  }

  saga(order: OrderRow, status: string, extra: Row = {}): void {
    const what = {
      kind: 'place-order',
      flow_version: 1,
      order_id: order.id,
      merchant_id: this.merchantId,
      step: 'authorize',
      status,
    };
    const times = { wake_at: '2999-01-01T00:00:00Z', created_at: AT, updated_at: AT };
    const outcome = status === 'done' ? 'completed' : null;
    this.add('sagas', { id: newId(), ...what, outcome, actor: 'system:test', trace_id: 't', ...times, ...extra });
  }

  /** Writes everything with one statement per table and set of columns. */
  async insert(db: Pick<pg.Pool, 'query'>): Promise<void> {
    for (const [table, rows] of this.tables) {
      const groups = Map.groupBy(rows, (row) => Object.keys(row).join(', '));
      for (const [columns, group] of groups) {
        const json = JSON.stringify(group);
        await db.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`, [
          json,
        ]);
      }
    }
  }
}

function shareOf(total: number, quantity: number, from: number, to: number): number {
  return Number(shareOfUnits(BigInt(total), quantity, from, to));
}

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
  w.add('channel_supply', { sku_id: w.sku('A'), region: 'EU', channel: 'shop', cap: 5, promised: 1 });
  const claim = { principal: 'user:a', operation: 'place-order', request_hash: '\\x00', created_at: AT };
  w.add('idempotency_keys', { ...claim, key: 'k', outcome: { ok: 1 } });
  return w;
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
  w.move('B', 'return', { on_hand: 2, sellable: 2 });
  const p = w.authorize(o, 'REFUNDED', 2381);
  w.ship(o, w.spans(o), 'DELIVERED');
  w.capture(o, p, 2381);
  w.refund(o, p, w.spans(o));
  o.finished_at = AT;
}

/** One unit shipped and captured, one packed in a parcel that has not left. */
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
  ]);
  w.move('A', 'promise', { promised: 2 });
  w.move('A', 'allocate', { allocated: 2 });
  const p = w.authorize(o, 'PARTIALLY_CAPTURED', 2000);
  const [first, second] = w.spans(o);
  w.ship(o, first ? [first] : [], 'IN_TRANSIT');
  w.ship(o, second ? [second] : [], 'LABELLED');
  const shipment_id = first?.shipment_id;
  w.move('A', 'ship', { on_hand: -1, allocated: -1, sellable: -1, promised: -1 }, { order_id: o.id, shipment_id });
  w.capture(o, p, 1000);
}
