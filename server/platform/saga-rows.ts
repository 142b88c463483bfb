import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import type { Queryable, Tx } from './db.ts';
import { lockStep } from './locks.ts';
import { insertRows, type TableSpec, updateRows } from './rows.ts';
import { isAtRest, type Saga, type SagaBirth } from './saga.ts';
import { together } from './together.ts';

/** Where a saga stands, unlocked: to know what to lock. */
export interface SagaPosition {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string;
  readonly step: string;
  readonly deadline: Date | null;
  readonly compensating: boolean;
}

export async function findSagas(db: Queryable, ids: readonly string[]): Promise<Map<string, SagaPosition>> {
  const { rows } = await db.query<SagaPosition>({
    name: 'sagas-find',
    text: `SELECT id, kind, order_id AS "orderId", step, deadline, coalesce((state->>'compensating')::boolean, false) AS compensating
           FROM sagas WHERE id = ANY($1::uuid[]) AND status <> 'done'`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Sagas that should have moved and have no job to move them: the sweep adds theirs again. One that was written since is being moved. A
 * job that is only late is added twice, which is harmless.
 */
export async function findStalled(db: Queryable, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sagas-stalled',
    text: `SELECT id FROM sagas WHERE status NOT IN ('done', 'stuck') AND wake_at < $1 AND updated_at < $1 ORDER BY wake_at LIMIT $2`,
    values: [before, limit],
  });
  return rows.map((row) => row.id);
}

/** Unlocked: which of the orders have a saga that is not done, and which of those have one that can be woken, see `wakeSaga`. */
export async function findUnfinished(
  db: Queryable,
  orderIds: readonly string[],
): Promise<readonly { readonly orderId: string; readonly wakeable: boolean }[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await db.query<{ orderId: string; wakeable: boolean }>({
    name: 'sagas-unfinished-of',
    text: `SELECT order_id AS "orderId", bool_or(status <> 'stuck' AND state->>'calling' IS DISTINCT FROM 'true') AS wakeable
           FROM sagas WHERE order_id = ANY($1::uuid[]) AND status <> 'done' GROUP BY order_id`,
    values: [orderIds],
  });
  return rows;
}

/** Sagas of these orders whose time has come, for whoever drives them without a worker: imports and made-up data. */
export async function findDueOfOrders(db: Queryable, orderIds: readonly string[], now: Date): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sagas-due-of-orders',
    text: `SELECT id FROM sagas WHERE order_id = ANY($1::uuid[]) AND status NOT IN ('done', 'stuck') AND wake_at <= $2 ORDER BY id`,
    values: [orderIds, now],
  });
  return rows.map((row) => row.id);
}

/** Sagas of these orders whose call was on its way when their process died, or still is: they move when its lease is over. */
export async function findCallingOfOrders(db: Queryable, orderIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'sagas-calling-of-orders',
    text: `SELECT id FROM sagas WHERE order_id = ANY($1::uuid[]) AND status NOT IN ('done', 'stuck') AND state->>'calling' = 'true'`,
    values: [orderIds],
  });
  return rows.map((row) => row.id);
}

/** Open sagas of these orders that no person has to look at, with the time each waits for. */
export async function findOpenWithTimes(
  db: Queryable,
  orderIds: readonly string[],
): Promise<{ readonly id: string; readonly orderId: string; readonly wakeAt: Date; readonly error: string | null }[]> {
  const { rows } = await db.query<{ id: string; orderId: string; wakeAt: Date; error: string | null }>({
    name: 'sagas-open-with-times',
    text: `SELECT id, order_id AS "orderId", wake_at AS "wakeAt", error->>'message' AS error
           FROM sagas WHERE order_id = ANY($1::uuid[]) AND status NOT IN ('done', 'stuck') ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

const SAGAS: TableSpec = {
  table: 'sagas',
  columns: {
    id: 'uuid',
    kind: 'text',
    flow_version: 'int4',
    order_id: 'uuid',
    merchant_id: 'uuid',
    step: 'text',
    status: 'text',
    outcome: 'text',
    attempt: 'int4',
    state: 'jsonb',
    error: 'jsonb',
    wake_at: 'timestamptz',
    deadline: 'timestamptz',
    actor: 'text',
    trace_id: 'text',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

/** The locked sagas of a batch, with what they were when they were locked. */
export interface SagasState {
  readonly byId: Map<string, Saga>;
  readonly fresh: Set<Saga>;
  readonly before: Map<string, bigint>;
}

/** Locks every saga of the orders: what one does may depend on another (a cancel on a placement). */
export async function lockSagas(tx: Tx, orderIds: readonly string[]): Promise<SagasState> {
  const state: SagasState = { byId: new Map(), fresh: new Set(), before: new Map() };
  if (orderIds.length === 0) return state;
  lockStep(tx, 'sagas');
  const { rows } = await tx.query<Saga>({
    name: 'sagas-lock',
    text: `SELECT id, kind, flow_version AS "flowVersion", order_id AS "orderId", merchant_id AS "merchantId", step, status, outcome, attempt, state, error,
                  wake_at AS "wakeAt", deadline, actor, trace_id AS "traceId", version, created_at AS "createdAt"
           FROM sagas WHERE order_id = ANY($1::uuid[]) AND status <> 'done' ORDER BY id FOR NO KEY UPDATE`,
    values: [orderIds],
  });
  for (const saga of rows) {
    state.byId.set(saga.id, saga);
    state.before.set(saga.id, saga.version);
  }
  return state;
}

/** A new saga at its first step. The caller adds its job. */
export function startSaga(
  state: SagasState,
  definition: SagaBirth,
  about: {
    orderId: string;
    merchantId: string;
    state?: Record<string, unknown>;
    deadline?: Date | null;
    /** Its first step is not taken before. */
    notBefore?: Date;
  },
  ctx: Ctx,
): Saga {
  const saga: Saga = {
    id: newId(),
    kind: definition.kind,
    flowVersion: definition.version,
    orderId: about.orderId,
    merchantId: about.merchantId,
    deadline: about.deadline ?? null,
    actor: ctx.actor,
    traceId: ctx.traceId,
    createdAt: ctx.now,
    step: (definition.steps[0] as { readonly name: string }).name,
    status: about.notBefore ? 'waiting' : 'running',
    outcome: null,
    attempt: 0,
    state: about.state ?? {},
    error: null,
    wakeAt: about.notBefore ?? ctx.now,
    version: 1n,
  };
  state.byId.set(saga.id, saga);
  state.fresh.add(saga);
  return saga;
}

/** Has a waiting saga look again at once, unless a call is on its way: that one's answer moves it anyway. False where nothing is to do. */
export function wakeSaga(saga: Saga, now: Date): boolean {
  if (isAtRest(saga) || saga.state.calling === true) return false;
  saga.wakeAt = now;
  saga.touched = true;
  return true;
}

/** Open sagas of an order, from the locked ones. */
export function sagasOf(state: SagasState, orderId: string): Saga[] {
  return [...state.byId.values()].filter((saga) => saga.orderId === orderId && saga.status !== 'done');
}

/** Writes what changed. `updated_at` is when it was written, whatever time the work belongs to: by it the sweep tells who is at work. */
export async function writeSagas(tx: Tx, state: SagasState): Promise<void> {
  const now = new Date();
  const columns = (s: Saga): Record<string, unknown> => ({
    id: s.id,
    kind: s.kind,
    flow_version: s.flowVersion,
    order_id: s.orderId,
    merchant_id: s.merchantId,
    step: s.step,
    status: s.status,
    outcome: s.outcome,
    attempt: s.attempt,
    state: s.state,
    error: s.error,
    wake_at: s.wakeAt,
    deadline: s.deadline,
    actor: s.actor,
    trace_id: s.traceId,
    version: s.version,
    created_at: s.createdAt,
    updated_at: now,
  });
  const changed = [...state.byId.values()].filter(
    (saga) => !state.fresh.has(saga) && (saga.touched || saga.version !== state.before.get(saga.id)),
  );
  await together(
    insertRows(tx, SAGAS, [...state.fresh].map(columns)),
    updateRows(
      tx,
      SAGAS,
      ['id'],
      ['step', 'status', 'outcome', 'attempt', 'state', 'error', 'wake_at', 'deadline', 'version', 'updated_at'],
      changed.map(columns),
    ),
  );
}
