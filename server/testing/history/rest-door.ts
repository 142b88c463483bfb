import { z } from 'zod';
import { ERRORS } from '../../kernel/errors.ts';
import type { Answers, Outcome, RefundOf, Request, WantedUnits } from './history.ts';
import { nodeSeen, orderSeen, supplySeen } from './observations.ts';
import type { Door } from './recorder.ts';

/** A house's REST API at one of its addresses, asked as a shop's program asks it. What REST has no word for goes by `beside`. */
export interface RestAddress {
  readonly name: string;
  readonly port: number;
  readonly apiKey: string;
  readonly beside: Door;
}

type Json = Readonly<Record<string, unknown>>;

const ANSWER_MS = 10_000;

export function restDoor({ name, port, apiKey, beside }: RestAddress): Door {
  async function ask(method: string, path: string, headers: Record<string, string>, body?: Json): Promise<[number, unknown]> {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return [response.status, await response.json()];
  }

  return {
    name,
    async send(request, call) {
      if (request.kind === 'transfer') return beside.send(request, call);
      const [path, body] = bodyOf(request);
      const headers = { 'idempotency-key': call.key, traceparent: `00-${call.trace}-00f067aa0ba902b7-01` };
      try {
        const [status, answer] = await ask('POST', path, headers, body);
        return outcomeOf(request, status, answer);
      } catch (error) {
        return { is: 'unknown', why: String(error) };
      }
    },
    async look(at) {
      if ('accounts' in at) return beside.look(at);
      try {
        const [status, body] = await ask('GET', 'order' in at ? `/orders/${at.order}` : `/stock/${at.sku}`, {});
        if (status !== 200) return undefined;
        return 'order' in at ? [[ORDER.parse(body)]] : STOCK.parse(body);
      } catch {
        return undefined;
      }
    },
  };
}

const unitsOf = (units: readonly WantedUnits[] | null | undefined): Json =>
  units ? { units: units.map(({ line, quantity }) => ({ line_id: line, quantity })) } : {};

function refundOf(of: RefundOf): Json {
  if ('units' in of) return { kind: 'units', ...unitsOf(of.units) };
  return { kind: of.goodwill ? 'goodwill' : 'amount', amount_minor: of.amountMinor };
}

function bodyOf(request: Exclude<Request, { kind: 'transfer' }>): [path: string, body: Json] {
  switch (request.kind) {
    case 'place': {
      const lines = request.lines.map(({ sku, quantity, discountMinor }) => ({ sku, quantity, discount_minor: discountMinor }));
      return ['/orders', { currency: 'EUR', customer: { email: 'ana@example.com' }, lines, payment: { token: 'pm_card_visa' } }];
    }
    case 'cancel':
      return [`/orders/${request.order}/cancel`, { reason: 'customer_request', ...unitsOf(request.units) }];
    case 'ship':
      return [`/orders/${request.order}/shipments`, unitsOf(request.units)];
    case 'refund':
      return [`/orders/${request.order}/refunds`, { reason: 'damaged', ...refundOf(request.of) }];
    case 'adjust': {
      const { sku, node, delta } = request;
      return [`/stock/${sku}/adjustments`, { node, delta, reason: delta > 0 ? 'received' : 'lost' }];
    }
    case 'count': {
      const { sku, node, counted, expected } = request;
      return [`/stock/${sku}/adjustments`, { node, counted, expected, reason: 'counted' }];
    }
  }
}

/** What was refused was decided; of a 429 or a 5xx nobody knows. */
function outcomeOf({ kind }: Request, status: number, body: unknown): Outcome {
  if (status < 300) return { is: 'ok', answer: ANSWERS[kind].parse(body) };
  const { code, ...data } = PROBLEM.parse(body);
  const decided = status < 500 && status !== 429 && code in ERRORS;
  return decided ? { is: 'refused', code, data } : { is: 'unknown', why: `${status} ${code}` };
}

const PROBLEM = z
  .object({
    code: z.string(),
    skus: z.array(z.object({ sku: z.string(), requested: z.int(), available: z.int() })).optional(),
    left: z.int().optional(),
    left_minor: z.int().optional(),
    on_hand: z.int().optional(),
  })
  .transform(({ code, skus, left, left_minor: leftMinor, on_hand: onHand }) => ({
    code,
    ...(skus && { skus }),
    ...(left !== undefined && { left }),
    ...(leftMinor !== undefined && { leftMinor }),
    ...(onHand !== undefined && { onHand }),
  }));

const ADJUSTED = z
  .object({ on_hand: z.int(), delta: z.int(), short: z.int(), shortfall: z.int() })
  .transform(({ on_hand: onHand, delta, short, shortfall }) => ({ onHand, delta, short, shortfall }));

const ANSWERS = {
  place: z
    .object({
      id: z.string(),
      status: z.string(),
      total_minor: z.int(),
      lines: z.array(z.object({ id: z.string(), sku: z.string(), quantity: z.int(), total_minor: z.int() })),
    })
    .transform(({ id: order, status, total_minor: totalMinor, lines }) => ({
      order,
      status,
      totalMinor,
      lines: lines.map(({ id, sku, quantity, total_minor: total }) => ({ id, sku, quantity, totalMinor: total })),
    })),
  cancel: z
    .object({ status: z.string(), cancelled_minor: z.int(), refund_id: z.string().nullable() })
    .transform(({ status, cancelled_minor: cancelledMinor, refund_id: refund }) => ({ status, cancelledMinor, refund })),
  ship: z.object({ shipments: z.array(z.object({ id: z.string(), value_minor: z.int() })) }).transform(({ shipments }) => ({
    shipments: shipments.map(({ id, value_minor: valueMinor }) => ({ id, valueMinor })),
  })),
  refund: z
    .object({ id: z.string(), status: z.string().toLowerCase(), amount_minor: z.int() })
    .transform(({ id: refund, status, amount_minor: amountMinor }) => ({ refund, status, amountMinor })),
  adjust: ADJUSTED,
  count: ADJUSTED,
  transfer: z.never(),
} satisfies { readonly [K in Request['kind']]: z.ZodType<Answers[K]> };

const ORDER = z
  .object({
    id: z.string(),
    version: z.int(),
    status: z.string(),
    total_minor: z.int(),
    cancelled_minor: z.int(),
    captured_minor: z.int(),
    refunded_minor: z.int(),
    lines: z.array(
      z.object({
        id: z.string(),
        units: z.array(z.object({ from_unit: z.int(), to_unit: z.int(), state: z.string().toLowerCase() })),
      }),
    ),
  })
  .transform(({ id, version, status, lines, ...money }) =>
    orderSeen({
      id,
      version,
      status,
      totalMinor: money.total_minor,
      cancelledMinor: money.cancelled_minor,
      capturedMinor: money.captured_minor,
      refundedMinor: money.refunded_minor,
      lines: lines.map((line) => ({
        id: line.id,
        spans: line.units.map(({ from_unit: fromUnit, to_unit: toUnit, state }) => ({ fromUnit, toUnit, state })),
      })),
    }),
  );

const STOCK = z
  .object({
    sku: z.string(),
    supply: z.array(z.object({ version: z.int(), sellable: z.int(), promised: z.int(), shortfall: z.int() })),
    nodes: z.array(z.object({ node: z.string(), version: z.int(), on_hand: z.int(), allocated: z.int(), short: z.int() })),
  })
  .transform(({ sku, supply, nodes }) => [
    ...supply.map((row) => [supplySeen(sku, row)]),
    ...nodes.map(({ node, on_hand: onHand, ...row }) => [nodeSeen(sku, node, { ...row, onHand })]),
  ]);
