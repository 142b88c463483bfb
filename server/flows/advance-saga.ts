import type pg from 'pg';
import { EDIT_SAGA } from '../domains/edits/rules.ts';
import type { PartnerOutcome } from '../domains/nodes/provider.ts';
import type { Order } from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { createLane, type LaneOptions, type Settled } from '../platform/lane.ts';
import { forgetLocks } from '../platform/locks.ts';
import { dropSagaJobs, job } from '../platform/outbox.ts';
import { type Advance, advance, call, type Saga, type Ticket, type Weight } from '../platform/saga.ts';
import { findSagas, type SagaPosition } from '../platform/saga-rows.ts';
import { decideOne } from '../platform/verb.ts';
import { loadQueues } from './backorders/fair-share.ts';
import { RENEWAL_SAGA } from './backorders/renew-payment.ts';
import { CANCEL_SAGA } from './cancel-intent.ts';
import { ANSWER_SAGA } from './disputes/answer-birth.ts';
import { RELABEL_SAGA } from './labels.ts';
import type { Outside } from './outside.ts';
import { CLAIM_SAGA } from './parcels/claims.ts';
import { PARTNER_SAGA } from './partners/births.ts';
import { PARCEL_SAGA } from './partners/parcel-saga.ts';
import { HAND_OVER_SAGA } from './pickups/hand-over-saga.ts';
import { RESHIP_SAGA } from './reship-saga.ts';
import { ADVANCE_SAGA } from './returns/advance-intent.ts';
import { RETURN_LABEL_SAGA, VOID_RETURN_LABEL_SAGA } from './returns/label-saga.ts';
import { REROUTE_SAGA } from './routing/exclusions.ts';
import { sagaDefinition } from './sagas.ts';
import { lockWorld, settleOrder, tell, type World, writeWorld } from './world.ts';

/**
 * Runs sagas. Local steps of many orders share one lane, so their positions, changes and postings commit together; the remote call
 * between two of them holds no transaction. Everything rests on compare-and-set of the position: a job may run twice, or two at once.
 */
interface Turn {
  readonly sagaId: string;
  readonly now: Date;
  readonly settled?: { readonly ticket: Ticket; readonly outcome: unknown };
  /** A light turn was not enough. */
  readonly heavy?: boolean;
}

type Turned = { readonly kind: string; readonly advance: Advance };

export interface SagaRunnerDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly outside: Outside;
  readonly clock: () => Date;
  readonly drivesSagas?: boolean;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
}

/** A step that ends each remote call within its limit cannot loop for ever; this stops one that would. */
const MAX_CALLS = 25;

/** One batch is read and decided while PostgreSQL writes the other. */
const PARALLEL = 2;

/** Takes a saga as far as it can go now. Resolves when it rests, waits (its next job is added then), or is somebody else's. */
export function createSagaRunner(deps: SagaRunnerDeps): {
  run(sagaId: string, signal?: AbortSignal): Promise<void>;
  idle(): Promise<void>;
} {
  const lane = createLane<Turn, Turned>({
    name: 'advance-saga',
    pool: deps.pool,
    run: (tx, turns) => runTurns(tx, turns, deps),
    parallel: PARALLEL,
    ...(deps.observe ? { observe: deps.observe } : {}),
  });
  return {
    idle: () => lane.idle(),
    async run(sagaId, signal = new AbortController().signal) {
      let turned = await lane.submit({ sagaId, now: deps.clock() });
      for (let calls = 0; turned.advance.kind === 'call' || turned.advance.kind === 'again'; calls++) {
        if (calls === MAX_CALLS) throw new Error(`Saga ${sagaId} made ${MAX_CALLS} calls in one run`);
        if (turned.advance.kind === 'again') {
          turned = await lane.submit({ sagaId, now: deps.clock(), heavy: true });
          continue;
        }
        const { ticket } = turned.advance;
        const outcome = await call(sagaDefinition(turned.kind), ticket, deps.outside, deps.clock(), signal);
        turned = await lane.submit({ sagaId, now: deps.clock(), settled: { ticket, outcome } });
      }
    },
  };
}

async function runTurns(tx: Tx, turns: readonly Turn[], deps: SagaRunnerDeps): Promise<Settled<Turned>[]> {
  forgetLocks(tx);
  const now = new Date(Math.max(...turns.map((turn) => turn.now.getTime())));
  const found = await findSagas(
    tx,
    turns.map((turn) => turn.sagaId),
  );
  const multicapture = (provider: string): boolean => deps.outside.payments.get(provider)?.multicapture ?? false;
  const goodsOf = new Set<string>();
  const supplyOf = new Set<string>();
  const weightsOf = new Set<string>();
  const claimsOf = new Set<string>();
  const returnsOf = new Set<string>();
  const disputesOf = new Set<string>();
  const cancels = turns.filter((turn) => CANCELS.has(found.get(turn.sagaId)?.kind ?? '')).length;
  const charges = turns.filter((turn) => found.get(turn.sagaId)?.kind === ADVANCE_SAGA).length;
  for (const turn of turns) {
    const saga = found.get(turn.sagaId);
    const weight = saga ? turnWeight(saga, turn) : 'light';
    if (saga && weight !== 'light') goodsOf.add(saga.orderId);
    if (saga && weight === 'full') supplyOf.add(saga.orderId);
    if (saga?.kind === CLAIM_SAGA) claimsOf.add(saga.orderId);
    if (saga && RETURNS.has(saga.kind)) returnsOf.add(saga.orderId);
    if (saga?.kind === ANSWER_SAGA.kind) disputesOf.add(saga.orderId);
    if (saga && buysLabel(saga, turn)) weightsOf.add(saga.orderId);
  }
  const ctx: Ctx = { now, actor: 'system:saga', traceId: newId(), requestId: newId(), home: deps.home };
  const world = await lockWorld(
    tx,
    {
      orderIds: [...found.values()].map((saga) => saga.orderId),
      supply: supplyOf.size > 0,
      stock: goodsOf.size > 0,
      goodsOf,
      supplyOf,
      weightsOf,
      claimsOf,
      returnsOf,
      disputesOf,
      evidenceOf: disputesOf,
      nodes: true,
      allocates: goodsOf.size > 0,
      // A closed node's requests go on.
      pickups: turns.some((turn) => found.get(turn.sagaId)?.kind === HAND_OVER_SAGA.kind),
      requests: turns.some((turn) => REQUESTS.has(found.get(turn.sagaId)?.kind ?? '')),
      ledger: true,
      numbers: {
        shipment: (locked) =>
          locked.filter(isServicesOnly).length + turns.reduce((sum, turn) => sum + parcelsIn(turn), 0) + charges,
        refund: (locked) => locked.filter(hasCancelledUnits).length + cancels + disputesOf.size,
      },
      multicapture,
    },
    ctx,
  );
  await loadQueues(tx, world, goodsOf);
  const locked = (orderId: string): Weight => (supplyOf.has(orderId) ? 'full' : goodsOf.has(orderId) ? 'forward' : 'light');
  const results = turns.map((turn) => decideOne(world, () => takeTurn(world, turn, ctx, locked)));
  if (deps.drivesSagas) dropSagaJobs(world.outbox);
  await writeWorld(tx, world);
  return results;
}

/** Sagas that look at what partners were asked. */
const REQUESTS: ReadonlySet<string> = new Set([PARTNER_SAGA.kind, REROUTE_SAGA, CANCEL_SAGA, EDIT_SAGA]);
/** Sagas of returns. */
const RETURNS: ReadonlySet<string> = new Set([RETURN_LABEL_SAGA, VOID_RETURN_LABEL_SAGA, ADVANCE_SAGA]);
/** Sagas that may give money back for units that go. */
const CANCELS: ReadonlySet<string> = new Set([CANCEL_SAGA, EDIT_SAGA]);

/** How many shipments a partner's word may make: each parcel that it names is one at most. */
function parcelsIn({ settled }: Turn): number {
  const outcome = settled?.outcome as Partial<Extract<PartnerOutcome, { kind: 'succeeded' }>> | undefined;
  return outcome?.snapshot?.parcels.length ?? 0;
}

/** Its confirmation ships it: see create-shipment.ts. */
const isServicesOnly = (order: Order): boolean => order.lines.every((line) => !line.stocked);
/** A capture that finds more taken than is owed gives it back: see surplus.ts. */
const hasCancelledUnits = (order: Order): boolean => order.row.cancelledMinor > 0n;

/**
 * What of the order's goods this turn will need, as far as one can tell before anything is locked. A card's answer that is still to come
 * does not wait for a busy SKU, and a confirmed order takes its stock at the nodes (`forward`) beside whoever is promising the same SKU to
 * the next customer: only taking a promise back or shipping needs that row (`full`). Where it turns out otherwise the turn stops before
 * the step that is too heavy, and is taken again.
 */
function turnWeight(saga: SagaPosition, turn: Turn): Weight {
  if (turn.heavy) return 'full';
  const late = saga.deadline !== null && turn.now > saga.deadline;
  if (saga.kind === 'place-order') {
    if (late || saga.compensating) return 'full';
    if (turn.settled) return isYes(turn.settled.outcome) ? 'forward' : 'full';
    return ['promise', 'authorize'].includes(saga.step) ? 'light' : 'forward';
  }
  // What a partner says may release units at their node.
  if (saga.kind === PARTNER_SAGA.kind) return turn.settled ? 'forward' : 'light';
  if (saga.kind === 'ship-order' || saga.kind === PARCEL_SAGA || saga.kind === HAND_OVER_SAGA.kind)
    return saga.step === 'dispatch' || (saga.step === 'capture' && turn.settled !== undefined) ? 'full' : 'light';
  if (saga.kind === REROUTE_SAGA) return 'forward';
  return [CANCEL_SAGA, EDIT_SAGA, RESHIP_SAGA, RENEWAL_SAGA].includes(saga.kind) ? 'full' : 'light';
}

const isYes = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'succeeded';

/** Whether this turn may ask for a label, which names the parcel's weight. */
function buysLabel(saga: SagaPosition, turn: Turn): boolean {
  if (saga.kind === RETURN_LABEL_SAGA) return !turn.settled;
  if (saga.kind === RELABEL_SAGA) return saga.step === 'void' || saga.step === 'label';
  return saga.kind === 'ship-order' && (saga.step === 'pack' || saga.step === 'label') && !saga.compensating && !turn.settled;
}

function takeTurn(world: World, turn: Turn, batch: Ctx, locked: (orderId: string) => Weight): Turned {
  const saga = world.sagas.byId.get(turn.sagaId);
  // Finished meanwhile: nothing is left to do, which is what the job wanted.
  if (!saga) return { kind: '', advance: { kind: 'rest' } };
  const ctx: Ctx = { ...batch, now: turn.now, actor: 'system:saga', traceId: saga.traceId };
  const before = { status: saga.status, step: saga.step };
  const result = advance(sagaDefinition(saga.kind), world, saga, ctx, turn.settled, locked(saga.orderId));
  if (saga.status !== before.status && (saga.status === 'stuck' || saga.status === 'done')) report(world, saga, ctx);
  // Keyed: however often a waiting saga is looked at, one job waits for its time.
  if (result.kind === 'later') {
    job(world.outbox, { task: 'advance-saga', payload: { sagaId: saga.id }, runAt: result.at, jobKey: `saga:${saga.id}` });
  }
  return { kind: saga.kind, advance: result };
}

/** A saga that ends may be what finished its order; one that is stuck is said aloud. */
function report(world: World, saga: Saga, ctx: Ctx): void {
  const order = world.orders.byId.get(saga.orderId);
  if (!order) throw new DomainError('internal', `Saga ${saga.id} has no order`);
  if (saga.status === 'stuck')
    tell(world, order, 'saga.stuck', { sagaId: saga.id, kind: saga.kind, step: saga.step, error: saga.error }, ctx);
  else if (order.row.finishedAt === null) settleOrder(world, order, null, ctx);
}
