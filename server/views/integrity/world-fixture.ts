import { newId } from '../../kernel/ids.ts';
import { shareOfUnits } from '../../kernel/money.ts';
import { AT, Books, REGION, type Row } from './books-fixture.ts';

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

/**
 * A small world written by hand, row by row, for tests of the oracle: it shares no code with the flows, so that both can be wrong
 * only apart.
 */
export class World extends Books {
  private number = 10_000;

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
}

function shareOf(total: number, quantity: number, from: number, to: number): number {
  return Number(shareOfUnits(BigInt(total), quantity, from, to));
}
