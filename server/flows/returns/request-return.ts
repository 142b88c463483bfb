import * as orders from '../../domains/orders/service.ts';
import { offerOf, type Policy, planReturn, type Return, resolve, termsSentence } from '../../domains/returns/rules.ts';
import type { RequestReturnInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import { newId } from '../../kernel/ids.ts';
import { unitsIn, worthOf } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, orderOf, takeNumber, type World, writeWorld } from '../world.ts';
import { approve } from './decide-return.ts';
import { answer, type ChangedReturn, factsOf, policyOf, receivingNode, sayOf } from './return-world.ts';

/**
 * A customer, or somebody for them, says what they would like to send back. The merchant's policy answers, with one sentence for everybody;
 * its terms are kept with the return. The units are spoken for from now on: no refund and no other return can name them.
 */
export interface Requesting extends World {
  readonly policies: ReadonlyMap<string, Policy>;
}

/** What could be sent back of an order now, and on which terms. */
export interface ReturnOffer {
  readonly orderId: string;
  readonly currency: string;
  readonly policyVersion: number;
  /** The policy in one sentence. */
  readonly terms: string;
  readonly wishes: readonly RequestReturnInput['wants'][];
  readonly lines: readonly {
    readonly lineId: string;
    readonly name: string;
    readonly quantity: number;
    /** ISO time. */
    readonly until: string | null;
    readonly why: string | null;
    /** What one unit after the other cost, first unit first. */
    readonly unitsMinor: readonly number[];
  }[];
}

async function lock(tx: Tx, requests: readonly Request<RequestReturnInput>[]): Promise<Requesting> {
  const orderIds = requests.map((request) => request.input.orderId);
  const { ctx } = requests[0] as Request<RequestReturnInput>;
  const world = await lockWorld(
    tx,
    { orderIds, returnsOf: new Set(orderIds), nodes: true, numbers: { return: requests.length } },
    ctx,
  );
  return { ...world, policies: await policiesOf(tx, world, ctx.now) };
}

export const policiesOf = (tx: Tx, world: World, now: Date): Promise<Map<string, Policy>> =>
  returns.readPolicies(tx, [...new Set([...world.orders.byId.values()].map((order) => order.row.merchantId))], now);

/** More of a line than this is not shown unit by unit. */
const MAX_SHOWN_UNITS = 100;

export function offerReturn(world: World, order: orders.Order, policy: Policy, now: Date): ReturnOffer {
  const { terms } = policy;
  const facts = factsOf(world, order);
  const { id: orderId, currency } = order.row;
  const money = terms.destination === 'choice' ? (['refund', 'store_credit'] as const) : ([resolve(terms, 'refund')] as const);
  const wishes = [...money, ...(terms.exchanges ? (['exchange'] as const) : [])];
  return {
    orderId,
    currency,
    policyVersion: policy.version,
    terms: termsSentence(terms, currency),
    wishes: order.row.customerId === null ? wishes.filter((wish) => wish !== 'store_credit') : wishes,
    lines: order.lines
      .filter((line) => line.kind === 'item')
      .map((line) => {
        const { lineId, name, quantity, until, why, ranges } = offerOf(terms, facts, line, now);
        const units = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
        const unitsMinor = units
          .slice(0, MAX_SHOWN_UNITS)
          .map((unit) => Number(worthOf(order.lines, [{ lineId, from: unit, to: unit }]).totalMinor));
        return { lineId, name, quantity, until: until?.toISOString() ?? null, why, unitsMinor };
      }),
  };
}

function decide(world: Requesting, { input, ctx }: Request<RequestReturnInput>): ChangedReturn {
  const order = orderOf(world, input.orderId);
  const policy = policyOf(world.policies, order.row.merchantId);
  const lines = planReturn(policy.terms, factsOf(world, order), input.lines, ctx.now, input.despite !== undefined);
  if (input.wants === 'exchange') resolve(policy.terms, 'exchange', 'exchange');
  if (input.nodeId !== undefined) receivingNode(world, order.row.merchantId, input.nodeId);
  const one = newReturn(world, order, policy, input, ctx);
  returns.add(world.returns, one, lines);
  orders.change(order, lines, () => ({ returnId: one.id }));
  const data = { units: unitsIn(lines), wants: one.wants, reasons: [...new Set(lines.map((line) => line.reason))] };
  sayOf(world, order, one, { type: 'return.requested', data, reason: input.despite ?? input.note }, ctx);
  const allowed = policy.terms.autoApprove && input.despite === undefined;
  if (input.approve === true || allowed) approve(world, order, one, input, ctx);
  return answer(one);
}

function newReturn(
  world: World,
  { row }: orders.Order,
  policy: Policy,
  input: RequestReturnInput,
  ctx: Request<unknown>['ctx'],
): Return {
  return {
    id: newId(),
    number: takeNumber(world, 'return'),
    merchantId: row.merchantId,
    orderId: row.id,
    customerId: row.customerId,
    wants: input.wants,
    policyVersion: policy.version,
    // A fee in another currency than the order's is nobody's fee.
    terms: policy.currency === row.currency ? policy.terms : { ...policy.terms, labelFeeMinor: 0n },
    despite: input.despite ?? null,
    note: input.note ?? null,
    requestedBy: ctx.actor,
    requestedAt: ctx.now,
    currency: row.currency,
    traceId: ctx.traceId,
    status: 'requested',
    decidedBy: null,
    decidedAt: null,
    declineReason: null,
    endedReason: null,
    sendBy: null,
    nodeId: null,
    carrier: null,
    carrierRef: null,
    trackingNumber: null,
    labelUrl: null,
    labelError: null,
    labelledAt: null,
    sentAt: null,
    arrivedAt: null,
    receivedAt: null,
    inspectedAt: null,
    resolution: null,
    dueMinor: 0n,
    feeMinor: 0n,
    labelFeeMinor: 0n,
    exchangedMinor: 0n,
    refundMinor: 0n,
    refundId: null,
    settledBy: null,
    settledAt: null,
    closedAt: null,
    advanceStatus: null,
    advanceMinor: 0n,
    advanceWhy: null,
    securityId: null,
    chargeMinor: 0n,
    version: 1n,
  };
}

export const requestReturn: Verb<RequestReturnInput, Requesting, ChangedReturn> = {
  name: 'request-return',
  lock,
  decide,
  write: writeWorld,
};
