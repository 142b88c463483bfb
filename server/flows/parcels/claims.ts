import { answers, type Claim, mayClaim } from '../../domains/claims/rules.ts';
import type { AnswerClaimInput, FileClaimInput, OpenClaimInput } from '../../domains/claims/schema.ts';
import * as claims from '../../domains/claims/service.ts';
import { unitsOf, within } from '../../domains/fulfilment/boxes.ts';
import type { ClaimOutcome } from '../../domains/fulfilment/provider.ts';
import type { Parcel, Shipment } from '../../domains/fulfilment/rules.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { chart } from '../../domains/ledger/schema.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { type UnitRange, worthOf } from '../../kernel/units.ts';
import type { ClaimKind, ClaimStatus } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import { next, remote, type SagaDefinition } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { carrier, type Outside } from '../outside.ts';
import { parcelsMeant, shipmentIn } from '../update-shipment.ts';
import { begin, lockWorld, orderOf, postFor, takeNumber, tell, type World, writeWorld } from '../world.ts';

/**
 * What a carrier owes for a parcel that it lost or damaged: opened by its own report or by a person, filed with it over HTTP, answered by
 * webhook. Money that it pays is posted to the merchant, once.
 */
export interface OpenedClaim {
  /** Null where nothing can be claimed, and why. */
  readonly claimId: string | null;
  readonly number: string | null;
  readonly why: string | null;
}
export interface FiledClaim {
  readonly claimId: string;
  readonly number: string;
  readonly status: ClaimStatus;
  readonly amountMinor: number;
}
export interface AnsweredClaim {
  readonly claimId: string;
  readonly status: ClaimStatus;
  readonly changed: boolean;
}

export const CLAIM_SAGA = 'file-claim';

interface About {
  readonly shipmentId: string;
  readonly boxId?: string | undefined;
}

async function lock(tx: Tx, requests: readonly Request<About>[]): Promise<World> {
  const orderIds = await fulfilment.ordersOfShipments(
    tx,
    requests.map((request) => request.input.shipmentId),
  );
  const needs = { orderIds, claimsOf: new Set(orderIds), numbers: { claim: requests.length } };
  return lockWorld(tx, needs, (requests[0] as Request<About>).ctx);
}

interface Subject {
  readonly shipment: Shipment;
  readonly order: Order;
  readonly parcel: Parcel;
}

function subjectOf(world: World, input: About): Subject {
  const shipment = shipmentIn(world, input.shipmentId);
  const [parcel, ...more] = parcelsMeant(world, shipment, input.boxId);
  if (!parcel || more.length > 0)
    throw new DomainError('invalid_request', `${shipment.number} has several boxes: say which one is claimed.`);
  return { shipment, order: orderOf(world, shipment.orderId), parcel };
}

/** The units of a parcel as it was packed, wherever they are by now. */
function contentsOf(order: Order, shipment: Shipment, parcel: Parcel): UnitRange[] {
  const held = order.spans.filter((span) => span.shipmentId === shipment.id);
  return within(held, unitsOf(parcel, held));
}

/** What the units of a parcel are worth to the customer. */
export const worthOfParcel = (order: Order, shipment: Shipment, parcel: Parcel): bigint =>
  worthOf(order.lines, contentsOf(order, shipment, parcel)).totalMinor;

function newClaim(world: World, { shipment, order, parcel }: Subject, kind: ClaimKind, ctx: Ctx): Claim {
  const claim: Claim = {
    id: newId(),
    number: takeNumber(world, 'claim'),
    merchantId: shipment.merchantId,
    orderId: shipment.orderId,
    shipmentId: shipment.id,
    boxId: parcel.id === shipment.id ? null : parcel.id,
    parcelId: parcel.id,
    carrier: shipment.carrier ?? 'parcel',
    kind,
    currency: shipment.currency,
    openedBy: ctx.actor,
    openedAt: ctx.now,
    status: 'open',
    amountMinor: worthOfParcel(order, shipment, parcel),
    acceptedMinor: null,
    paidMinor: 0n,
    carrierRef: null,
    answer: null,
    note: null,
    filedAt: null,
    answeredAt: null,
    paidAt: null,
    version: 1n,
  };
  claims.add(world.claims, claim, ctx);
  tellClaim(world, order, claim, 'claim.opened', ctx);
  return claim;
}

function tellClaim(
  world: World,
  order: Order,
  claim: Claim,
  type: 'claim.opened' | 'claim.filed' | 'claim.refused' | 'claim.accepted' | 'claim.rejected' | 'claim.paid',
  ctx: Ctx,
): void {
  const { id: claimId, number: claimNumber, shipmentId, kind, amountMinor, paidMinor } = claim;
  tell(world, order, type, { claimId, claimNumber, shipmentId, kind, amountMinor, paidMinor }, ctx);
}

function record(world: World, claim: Claim, action: string, before: object | null, reason: string | null, ctx: Ctx): void {
  const after = { number: claim.number, status: claim.status, amountMinor: claim.amountMinor, paidMinor: claim.paidMinor };
  const { id: entityId, merchantId } = claim;
  audit(
    world.outbox,
    { action, entity: 'claim', entityId, merchantId, before: before as never, after, ...(reason ? { reason } : {}) },
    ctx,
  );
}

function open(world: World, { input, ctx }: Request<OpenClaimInput>): OpenedClaim {
  const subject = subjectOf(world, input);
  const live = claims.liveOf(world.claims, subject.parcel.id);
  if (live) return { claimId: live.id, number: live.number, why: null };
  const verdict = mayClaim(subject.parcel, input.kind, undefined);
  if (!verdict.allowed) return { claimId: null, number: null, why: verdict.why };
  const claim = newClaim(world, subject, input.kind, ctx);
  record(world, claim, 'claim.opened', null, null, ctx);
  return { claimId: claim.id, number: claim.number, why: null };
}

function file(world: World, { input, ctx }: Request<FileClaimInput>): FiledClaim {
  const subject = subjectOf(world, input);
  const live = claims.liveOf(world.claims, subject.parcel.id);
  const verdict = mayClaim(subject.parcel, input.kind, live?.status === 'open' ? undefined : live);
  if (!verdict.allowed) throw new DomainError('state_refuses', verdict.why);
  const amountMinor = input.amountMinor ?? live?.amountMinor ?? worthOfParcel(subject.order, subject.shipment, subject.parcel);
  if (amountMinor <= 0n)
    throw new DomainError('amount_out_of_range', 'These units are worth nothing here: say how much is claimed.');
  const filing = sagasOf(world.sagas, subject.order.row.id).some(
    (saga) => saga.kind === CLAIM_SAGA && saga.state.claimId === live?.id,
  );
  if (filing) throw new DomainError('state_refuses', `Claim ${live?.number} is being filed already.`);
  const claim = live ?? newClaim(world, subject, input.kind, ctx);
  const before = { status: claim.status, amountMinor: claim.amountMinor };
  Object.assign(claim, { amountMinor, note: input.note ?? claim.note, answer: null });
  claims.changed(world.claims, claim);
  world.applied++;
  record(world, claim, 'claim.filing_started', before, input.note ?? null, ctx);
  begin(world, claimSaga, subject.order, { state: { claimId: claim.id } }, ctx);
  return { claimId: claim.id, number: claim.number, status: claim.status, amountMinor: Number(claim.amountMinor) };
}

interface ClaimCall {
  readonly mode: 'file' | 'query';
  readonly carrier: string;
  readonly attemptId: string;
  readonly claimId: string;
  readonly carrierRef: string;
  readonly kind: ClaimKind;
  readonly amountMinor: number;
  readonly currency: string;
  readonly note: string | null;
}

const fileAtCarrier = remote<World, Outside, ClaimCall, ClaimOutcome | { readonly kind: 'not_found' }>({
  prepare(world, saga) {
    const claim = world.claims.byId.get(String(saga.state.claimId));
    if (claim?.status !== 'open') return next;
    const shipment = shipmentIn(world, claim.shipmentId);
    const parcel = fulfilment.parcelsOf(world.fulfilment, shipment).find((candidate) => candidate.id === claim.parcelId);
    const { id: claimId, carrier: name, kind, currency, note } = claim;
    const mode = saga.state.asked === true ? 'query' : 'file';
    const args = {
      mode,
      carrier: name,
      attemptId: saga.id,
      claimId,
      carrierRef: parcel?.carrierRef ?? '',
      kind,
      currency,
      note,
    } as const;
    return { kind: 'call', args: { ...args, amountMinor: Number(claim.amountMinor) } };
  },
  call: (call, outside, signal) => {
    const { mode, carrier: name, note, ...input } = call;
    const provider = carrier(outside, name);
    return mode === 'query'
      ? provider.queryClaim(call.claimId, signal)
      : provider.fileClaim(note === null ? input : { ...input, note }, signal);
  },
  settle(world, saga, args, outcome, ctx) {
    const claim = world.claims.byId.get(args.claimId);
    const order = orderOf(world, saga.orderId);
    if (!claim) throw new Error(`Saga ${saga.id} names a claim that is not there`);
    switch (outcome.kind) {
      case 'succeeded':
        claim.carrierRef = outcome.claimRef;
        claim.filedAt = ctx.now;
        // Its answer may have been quicker than its own confirmation.
        if (claim.status === 'open') claim.status = 'filed';
        claims.changed(world.claims, claim);
        tellClaim(world, order, claim, 'claim.filed', ctx);
        return next;
      case 'failed':
        claim.answer = outcome.message;
        claims.changed(world.claims, claim);
        tellClaim(world, order, claim, 'claim.refused', ctx);
        return next;
      case 'unknown':
        saga.state = { ...saga.state, asked: true };
        return { kind: 'retry', error: { code: 'unknown', message: outcome.reason } };
      case 'not_found':
        saga.state = { ...saga.state, asked: false };
        return { kind: 'retry', error: { code: 'not_found', message: 'The carrier does not know this claim yet.' } };
      case 'unreachable':
        return { kind: 'retry', error: { code: 'unreachable', message: outcome.reason } };
    }
  },
});

export const claimSaga: SagaDefinition<World, Outside> = {
  kind: CLAIM_SAGA,
  version: 1,
  steps: [{ name: 'file', run: fileAtCarrier }],
};

async function lockAnswer(tx: Tx, requests: readonly Request<AnswerClaimInput>[]): Promise<World> {
  const found = await claims.findClaims(
    tx,
    requests.map((request) => request.input.claimId),
  );
  const orderIds = [...new Set(found.map((claim) => claim.orderId))];
  const accounts = found.flatMap(({ carrier: name, currency, merchantId }) => [
    chart.carrierClearing(name, currency),
    chart.merchantPayable(merchantId, currency),
  ]);
  return lockWorld(tx, { orderIds, claimsOf: new Set(orderIds), accounts }, (requests[0] as Request<AnswerClaimInput>).ctx);
}

function answer(world: World, { input, ctx }: Request<AnswerClaimInput>): AnsweredClaim {
  const claim = world.claims.byId.get(input.claimId);
  if (!claim) throw new DomainError('not_found', 'There is no such claim.');
  const order = orderOf(world, claim.orderId);
  if (input.currency !== claim.currency)
    throw new DomainError('currency_mismatch', `The carrier answers in ${input.currency}; the claim is in ${claim.currency}.`);
  const known = { status: claim.status, at: claim.answeredAt };
  if (!answers({ status: input.status, at: input.occurredAt }, known))
    return { claimId: claim.id, status: claim.status, changed: false };
  if (input.status === 'paid' && input.amountMinor <= 0n)
    throw new DomainError('amount_out_of_range', 'The carrier says that it paid nothing.');
  const before = { status: claim.status, paidMinor: claim.paidMinor };
  Object.assign(claim, {
    status: input.status,
    carrierRef: input.claimRef,
    answeredAt: input.occurredAt,
    answer: input.note ?? claim.answer,
    filedAt: claim.filedAt ?? input.occurredAt,
  });
  if (input.status === 'accepted') claim.acceptedMinor = input.amountMinor;
  if (input.status === 'paid') bookPayment(world, order, claim, input, ctx);
  claims.changed(world.claims, claim);
  tellClaim(world, order, claim, `claim.${input.status}`, ctx);
  record(world, claim, `claim.${input.status}`, before, input.note, ctx);
  return { claimId: claim.id, status: claim.status, changed: true };
}

function bookPayment(world: World, order: Order, claim: Claim, { amountMinor, occurredAt }: AnswerClaimInput, ctx: Ctx): void {
  const { carrier: name, merchantId, currency } = claim;
  claim.paidMinor = amountMinor;
  claim.paidAt = occurredAt;
  claim.acceptedMinor ??= amountMinor;
  postFor(
    world,
    order,
    [
      {
        id: newId(),
        kind: 'claim_payment',
        phase: 'single',
        debit: chart.carrierClearing(name, currency).code,
        credit: chart.merchantPayable(merchantId, currency).code,
        amountMinor,
        currency,
        // Not of the order’s own money: what the merchant kept of it stays what the customer paid.
        orderId: null,
        paymentId: null,
        reference: claim.id,
      },
    ],
    ctx,
  );
}

export const openClaim: Verb<OpenClaimInput, World, OpenedClaim> = { name: 'open-claim', lock, decide: open, write: writeWorld };
export const fileClaim: Verb<FileClaimInput, World, FiledClaim> = { name: 'file-claim', lock, decide: file, write: writeWorld };
export const answerClaim: Verb<AnswerClaimInput, World, AnsweredClaim> = {
  name: 'answer-claim',
  lock: lockAnswer,
  decide: answer,
  write: writeWorld,
};
