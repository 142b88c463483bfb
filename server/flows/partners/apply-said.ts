import { awaitsHandOver, mayAdvance, type Shipment } from '../../domains/fulfilment/rules.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { NODE_KINDS, type PartnerParcel, type PartnerSnapshot } from '../../domains/nodes/provider.ts';
import { type FulfilmentRequest, isOpen, planSaid } from '../../domains/nodes/rules.ts';
import * as nodes from '../../domains/nodes/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Exclusion } from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { type UnitRange, worthOf } from '../../kernel/units.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { RECALL_STEP } from '../cancel-intent.ts';
import { keepReport, moveOn, type Report } from '../move-shipment.ts';
import { releaseUnits } from '../routing/release-units.ts';
import { begin, orderOf, takeNumber, tell, type World, wake } from '../world.ts';
import { parcelSaga } from './parcel-saga.ts';

const REPORTS: Readonly<Partial<Record<PartnerParcel['status'], Report['status']>>> = {
  in_transit: 'IN_TRANSIT',
  delivered: 'DELIVERED',
  exception: 'EXCEPTION',
};

/** Takes a partner's word on a request: parcels become shipments, what will not leave is looked for elsewhere. Saying it twice changes nothing. */
export function applySaid(world: World, request: FulfilmentRequest, said: PartnerSnapshot, ctx: Ctx): void {
  const order = orderOf(world, request.orderId);
  const known = [...world.fulfilment.byId.values()].filter((shipment) => shipment.nodeId === request.nodeId);
  const refs = new Set(known.flatMap((shipment) => (shipment.carrierRef ? [shipment.carrierRef] : [])));
  const plan = planSaid(request, order.spans, said, refs);
  const before = request.status;
  for (const { ref, units } of plan.parcels) {
    const parcel = said.parcels.find((candidate) => candidate.ref === ref);
    if (parcel) send(world, order, request, parcel, units, ctx);
  }
  for (const shipment of known) {
    const parcel = said.parcels.find((candidate) => candidate.ref === shipment.carrierRef);
    if (parcel) trackParcel(world, order, shipment, parcel, ctx);
  }
  request.partnerRef = said.partnerRef || request.partnerRef;
  request.reason = said.reason ?? request.reason;
  if (plan.status !== before) {
    request.status = plan.status;
    if (plan.status !== 'asked') request.answeredAt ??= ctx.now;
    const terms = NODE_KINDS.get(request.kind)?.traits.partner;
    if (plan.status === 'accepted' && terms) request.shipBy ??= new Date(ctx.now.getTime() + terms.shipsWithinMs);
    if (['rejected', 'shipped', 'cancelled'].includes(plan.status)) end(world, order, request, ctx);
    const about = { requestId: request.id, nodeId: request.nodeId, reason: request.reason };
    if (plan.status === 'accepted' || plan.status === 'rejected') tell(world, order, `order.partner_${plan.status}`, about, ctx);
    if (plan.status === 'cancelled') tell(world, order, 'order.partner_recalled', { ...about, recall: request.recall }, ctx);
  }
  nodes.changed(world.requests, request);
  if (plan.released.length > 0) release(world, order, request, plan.released, ctx);
}

/** Whoever waited for the partner's last word goes on. */
function end(world: World, order: orders.Order, request: FulfilmentRequest, ctx: Ctx): void {
  request.endedAt = ctx.now;
  for (const saga of sagasOf(world.sagas, order.row.id)) if (saga.step === RECALL_STEP) wake(world, saga, ctx);
}

/** A parcel that the partner sent: no label of ours, and its money is taken as for any other. Services travel with the first. */
function send(
  world: World,
  order: orders.Order,
  request: FulfilmentRequest,
  parcel: PartnerParcel,
  units: readonly UnitRange[],
  ctx: Ctx,
): void {
  const stocked = new Set(order.lines.flatMap((line) => (line.stocked ? [line.id] : [])));
  const services = order.spans
    .filter((span) => span.state === 'open' && span.shipmentId === null && !stocked.has(span.lineId))
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  const ranges = [...units, ...services];
  const id = newId();
  const number = takeNumber(world, 'shipment');
  const { merchantId, currency } = order.row;
  fulfilment.addShipment(
    world.fulfilment,
    {
      id,
      number,
      orderId: order.row.id,
      merchantId,
      nodeId: request.nodeId,
      valueMinor: worthOf(order.lines, ranges).totalMinor,
      currency,
      createdAt: ctx.now,
      status: 'LABELLED',
      carrier: parcel.carrier,
      service: null,
      carrierRef: parcel.ref,
      trackingNumber: parcel.trackingNumber,
      labelUrl: null,
      shippedAt: null,
      deliveredAt: null,
      version: 1n,
      boxes: 0,
      statusAt: null,
      labelNo: 1,
      manifestId: null,
      handedOverAt: ctx.now,
      settledAt: null,
    },
    ranges.map((range) => ({ ...range, shipmentId: id, orderId: order.row.id })),
  );
  orders.change(order, ranges, () => ({ shipmentId: id }));
  const report = REPORTS[parcel.status];
  const reported = report ? { reported: { status: report, detail: null, occurredAt: ctx.now.toISOString() } } : {};
  begin(world, parcelSaga, order, { state: { shipmentId: id, ...reported } }, ctx);
  const about = { shipmentId: id, shipmentNumber: number, nodeId: request.nodeId, requestId: request.id };
  tell(world, order, 'shipment.created', { ...about, valueMinor: worthOf(order.lines, ranges).totalMinor }, ctx);
}

function trackParcel(world: World, order: orders.Order, shipment: Shipment, parcel: PartnerParcel, ctx: Ctx): void {
  const status = REPORTS[parcel.status];
  if (!status) return;
  const report = { status, detail: null, occurredAt: ctx.now };
  if (awaitsHandOver(shipment)) keepReport(world, shipment, [shipment], report);
  else if (mayAdvance(shipment.status, status)) moveOn(world, order, shipment, [shipment], report, ctx);
}

/** The units are nowhere again, and are looked for where the partner has not said no. */
function release(world: World, order: orders.Order, request: FulfilmentRequest, units: readonly UnitRange[], ctx: Ctx): void {
  const refused = nodes.ofOrder(world.requests, order.row.id).filter((one) => one.id !== request.id && !isOpen(one));
  const reason = request.recall === 'silent' || request.recall === 'late' ? request.recall : 'rejected';
  const detail = request.reason ?? request.recall;
  releaseUnits(
    world,
    order,
    { units, reason, detail, exclude: request.recall !== 'order_cancelled' },
    refused.flatMap(historyOf),
    ctx,
  );
}

/** Earlier requests that did not send all of it, as routing remembers such things. */
function historyOf(request: FulfilmentRequest): Exclusion[] {
  if (request.recall === 'order_cancelled' || request.status === 'shipped') return [];
  const { orderId, merchantId, nodeId, id: releaseId, createdAt: at } = request;
  const about = { id: releaseId, releaseId, orderId, merchantId, nodeId, reason: 'rejected' as const, detail: request.reason };
  return request.lines.map((line) => ({ ...about, ...line, actor: 'system:saga', traceId: releaseId, at }));
}
