import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { NodeSettings, RuleSet } from './rules.ts';
import type { Area, RerouteReason, Zone } from './schema.ts';

/** JSON as it is kept: in snake_case, like all that operators may write by hand. */
interface StoredZone {
  readonly name: string;
  readonly area: Area;
  readonly transit_days: number;
  readonly bands: readonly { readonly up_to_grams: number | null; readonly price_minor: number }[];
}

type StoredSettings = Omit<NodeSettings, 'zones' | 'workingDays' | 'handlingOrderMinor' | 'handlingUnitMinor'> & {
  readonly zones: readonly StoredZone[];
  readonly workingDays: readonly string[];
  readonly handlingOrderMinor: bigint;
  readonly handlingUnitMinor: bigint;
};

const zoneOf = (zone: StoredZone): Zone => ({
  name: zone.name,
  area: zone.area,
  transitDays: zone.transit_days,
  bands: zone.bands.map((band) => ({ upToGrams: band.up_to_grams, priceMinor: band.price_minor })),
});
const stored = (zone: Zone): StoredZone => ({
  name: zone.name,
  area: zone.area,
  transit_days: zone.transitDays,
  bands: zone.bands.map((band) => ({ up_to_grams: band.upToGrams, price_minor: band.priceMinor })),
});
const settingsOf = (row: StoredSettings): NodeSettings => ({
  ...row,
  zones: row.zones.map(zoneOf),
  workingDays: row.workingDays.map(Number),
  handlingOrderMinor: Number(row.handlingOrderMinor),
  handlingUnitMinor: Number(row.handlingUnitMinor),
});

const COLUMNS = `node_id AS "nodeId", merchant_id AS "merchantId", time_zone AS "timeZone", cutoff_minutes AS "cutoffMinutes",
  handling_days AS "handlingDays", working_days AS "workingDays", blackout_days AS "blackoutDays", capacity_per_day AS "capacityPerDay",
  capacity_unit AS "capacityUnit", area, zones, handling_order_minor AS "handlingOrderMinor", handling_unit_minor AS "handlingUnitMinor",
  ship_from AS "shipFrom", pick_up AS "pickUp", version`;

export async function readSettings(db: Queryable, merchantIds: readonly string[]): Promise<NodeSettings[]> {
  const { rows } = await db.query<StoredSettings>({
    name: 'routing-settings',
    text: `SELECT ${COLUMNS} FROM node_settings WHERE merchant_id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return rows.map(settingsOf);
}

export async function lockSettings(tx: Tx, nodeIds: readonly string[]): Promise<NodeSettings[]> {
  const { rows } = await tx.query<StoredSettings>({
    name: 'routing-settings-lock',
    text: `SELECT ${COLUMNS} FROM node_settings WHERE node_id = ANY($1::uuid[]) ORDER BY node_id FOR NO KEY UPDATE`,
    values: [nodeIds],
  });
  return rows.map(settingsOf);
}

const SETTINGS: TableSpec = {
  table: 'node_settings',
  columns: {
    node_id: 'uuid',
    merchant_id: 'uuid',
    time_zone: 'text',
    cutoff_minutes: 'int4',
    handling_days: 'int4',
    working_days: 'text[]',
    blackout_days: 'text[]',
    capacity_per_day: 'int4',
    capacity_unit: 'text',
    area: 'jsonb',
    zones: 'jsonb',
    handling_order_minor: 'int8',
    handling_unit_minor: 'int8',
    ship_from: 'bool',
    pick_up: 'bool',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};

export async function writeSettings(tx: Tx, rows: readonly NodeSettings[], now: Date): Promise<void> {
  const changing = Object.keys(SETTINGS.columns).filter((name) => !['node_id', 'merchant_id', 'created_at'].includes(name));
  await insertRows(
    tx,
    SETTINGS,
    rows.map((s) => ({
      node_id: s.nodeId,
      merchant_id: s.merchantId,
      time_zone: s.timeZone,
      cutoff_minutes: s.cutoffMinutes,
      handling_days: s.handlingDays,
      working_days: s.workingDays.map(String),
      blackout_days: s.blackoutDays,
      capacity_per_day: s.capacityPerDay,
      capacity_unit: s.capacityUnit,
      area: s.area,
      zones: s.zones.map(stored),
      handling_order_minor: BigInt(s.handlingOrderMinor),
      handling_unit_minor: BigInt(s.handlingUnitMinor),
      ship_from: s.shipFrom,
      pick_up: s.pickUp,
      version: s.version,
      created_at: now,
      updated_at: now,
    })),
    `ON CONFLICT (node_id) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  );
}

const RULE_COLUMNS = `id, merchant_id AS "merchantId", number, status, content, note, version, created_by AS "createdBy", created_at AS "createdAt",
  activated_at AS "activatedAt", activated_by AS "activatedBy", retired_at AS "retiredAt"`;

export async function readActiveRules(db: Queryable, merchantIds: readonly string[]): Promise<RuleSet[]> {
  const { rows } = await db.query<RuleSet>({
    name: 'routing-active-rules',
    text: `SELECT ${RULE_COLUMNS} FROM routing_rule_sets WHERE merchant_id = ANY($1::uuid[]) AND status = 'active'`,
    values: [merchantIds],
  });
  return rows;
}

/** The draft and the active rules of merchants, and the last number that each has given. */
export async function lockRules(tx: Tx, merchantIds: readonly string[]): Promise<RuleSet[]> {
  const { rows } = await tx.query<RuleSet>({
    name: 'routing-rules-lock',
    text: `SELECT ${RULE_COLUMNS} FROM routing_rule_sets WHERE merchant_id = ANY($1::uuid[]) AND status IN ('draft', 'active') ORDER BY id
           FOR NO KEY UPDATE`,
    values: [merchantIds],
  });
  return rows;
}

export async function lastNumbers(tx: Tx, merchantIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ merchantId: string; last: number }>({
    name: 'routing-rules-numbers',
    text: `SELECT merchant_id AS "merchantId", max(number) AS last FROM routing_rule_sets WHERE merchant_id = ANY($1::uuid[]) GROUP BY 1`,
    values: [merchantIds],
  });
  return new Map(rows.map((row) => [row.merchantId, row.last]));
}

const RULES: TableSpec = {
  table: 'routing_rule_sets',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    number: 'int4',
    status: 'text',
    content: 'jsonb',
    note: 'text',
    version: 'int8',
    created_by: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    activated_at: 'timestamptz',
    activated_by: 'text',
    retired_at: 'timestamptz',
  },
};

/** Retired ones first: a merchant has one active set at a time, also between two statements. */
export async function writeRules(tx: Tx, fresh: readonly RuleSet[], changed: readonly RuleSet[], now: Date): Promise<void> {
  const row = (r: RuleSet): Record<string, unknown> => ({
    id: r.id,
    merchant_id: r.merchantId,
    number: r.number,
    status: r.status,
    content: r.content,
    note: r.note,
    version: r.version,
    created_by: r.createdBy,
    created_at: r.createdAt,
    updated_at: now,
    activated_at: r.activatedAt,
    activated_by: r.activatedBy,
    retired_at: r.retiredAt,
  });
  const set = ['status', 'content', 'note', 'version', 'updated_at', 'activated_at', 'activated_by', 'retired_at'];
  for (const retired of [true, false]) {
    const rows = changed.filter((rules) => (rules.status === 'retired') === retired);
    await updateRows(tx, RULES, ['id'], set, rows.map(row));
  }
  await insertRows(tx, RULES, fresh.map(row));
}

/** Waits for everybody else who counts these nodes' days, until COMMIT: no row is written for it. */
export async function lockDays(tx: Tx, nodeIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'routing-lock-days',
    text: `SELECT pg_advisory_xact_lock(hashtextextended('node-day:' || id, 0)) FROM (SELECT unnest($1::text[]) AS id ORDER BY 1) AS n`,
    values: [nodeIds],
  });
}

export interface DayLoad {
  readonly nodeId: string;
  readonly orders: number;
  readonly units: number;
}

/** What nodes took on a day, each its own. */
export async function readLoads(
  db: Queryable,
  days: readonly { readonly nodeId: string; readonly day: string }[],
): Promise<DayLoad[]> {
  const { rows } = await db.query<{ nodeId: string; orders: bigint; units: bigint }>({
    name: 'routing-loads',
    text: `SELECT t."nodeId", count(*) FILTER (WHERE t.units > 0) AS orders, sum(t.units)::int8 AS units
           FROM (SELECT l.node_id AS "nodeId", l.order_id, sum(l.units) AS units
                 FROM node_loads l JOIN unnest($1::uuid[], $2::date[]) AS d(node_id, day) USING (node_id, day) GROUP BY 1, 2) AS t GROUP BY 1`,
    values: [days.map((d) => d.nodeId), days.map((d) => d.day)],
  });
  return rows.map((row) => ({ nodeId: row.nodeId, orders: Number(row.orders), units: Number(row.units) }));
}

export interface NewLoad {
  readonly id: string;
  readonly node_id: string;
  readonly day: string;
  readonly order_id: string;
  readonly units: number;
  readonly at: Date;
}

const LOADS: TableSpec = {
  table: 'node_loads',
  columns: { id: 'uuid', node_id: 'uuid', day: 'date', order_id: 'uuid', units: 'int4', at: 'timestamptz' },
};

export async function insertLoads(tx: Tx, rows: readonly NewLoad[]): Promise<void> {
  await insertRows(tx, LOADS, rows as unknown as Record<string, unknown>[]);
}

/** Units that were taken from nodes again: given back to the day they were counted on. A node that counts no days has none. */
export async function giveBackLoads(tx: Tx, rows: readonly Omit<NewLoad, 'day'>[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query({
    name: 'routing-give-back',
    text: `INSERT INTO node_loads (id, node_id, day, order_id, units, at)
           SELECT r.id, r.node_id, l.day, r.order_id, r.units, r.at
           FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int4[], $5::timestamptz[]) AS r(id, node_id, order_id, units, at)
           JOIN LATERAL (SELECT n.day FROM node_loads n WHERE n.order_id = r.order_id AND n.node_id = r.node_id AND n.units > 0
                         ORDER BY n.id DESC LIMIT 1) AS l ON true`,
    values: [
      rows.map((r) => r.id),
      rows.map((r) => r.node_id),
      rows.map((r) => r.order_id),
      rows.map((r) => r.units),
      rows.map((r) => r.at),
    ],
  });
}

export interface Exclusion {
  readonly id: string;
  readonly releaseId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly lineId: string;
  readonly from: number;
  readonly to: number;
  readonly nodeId: string;
  readonly reason: RerouteReason;
  readonly detail: string | null;
  readonly actor: string;
  readonly traceId: string;
  readonly at: Date;
}

export async function readExclusions(db: Queryable, orderIds: readonly string[]): Promise<Exclusion[]> {
  const { rows } = await db.query<Exclusion>({
    name: 'routing-exclusions',
    text: `SELECT id, release_id AS "releaseId", order_id AS "orderId", merchant_id AS "merchantId", line_id AS "lineId", from_unit AS "from",
                  to_unit AS "to", node_id AS "nodeId", reason, detail, actor, trace_id AS "traceId", at
           FROM routing_exclusions WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

const EXCLUSIONS: TableSpec = {
  table: 'routing_exclusions',
  columns: {
    id: 'uuid',
    release_id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    node_id: 'uuid',
    reason: 'text',
    detail: 'text',
    actor: 'text',
    trace_id: 'text',
    at: 'timestamptz',
  },
};

export async function insertExclusions(tx: Tx, rows: readonly Exclusion[]): Promise<void> {
  await insertRows(
    tx,
    EXCLUSIONS,
    rows.map((e) => ({
      id: e.id,
      release_id: e.releaseId,
      order_id: e.orderId,
      merchant_id: e.merchantId,
      line_id: e.lineId,
      from_unit: e.from,
      to_unit: e.to,
      node_id: e.nodeId,
      reason: e.reason,
      detail: e.detail,
      actor: e.actor,
      trace_id: e.traceId,
      at: e.at,
    })),
  );
}

export interface NewDecision {
  readonly id: string;
  readonly order_id: string;
  readonly merchant_id: string;
  readonly rules_number: number | null;
  readonly inputs_digest: string;
  readonly chosen: unknown;
  readonly explanation: unknown;
  readonly cost_minor: bigint;
  readonly currency: string;
  readonly solver: 'exact' | 'bounded' | 'greedy';
  readonly took_ms: number;
  readonly reason: string;
  readonly trace_id: string;
  readonly at: Date;
}

const DECISIONS: TableSpec = {
  table: 'routing_decisions',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    rules_number: 'int4',
    inputs_digest: 'text',
    chosen: 'jsonb',
    explanation: 'jsonb',
    cost_minor: 'int8',
    currency: 'text',
    solver: 'text',
    took_ms: 'numeric',
    reason: 'text',
    trace_id: 'text',
    at: 'timestamptz',
  },
};

export async function insertDecisions(tx: Tx, rows: readonly NewDecision[]): Promise<void> {
  await insertRows(tx, DECISIONS, rows as unknown as Record<string, unknown>[]);
}
