import type { Explanation } from '../domains/routing/explain.ts';
import type { ReplayResult } from '../domains/routing/replay.ts';
import { DEFAULT_FACTS, DEFAULT_RULES, type RuleSetStatus } from '../domains/routing/rules.ts';
import type { NodeFacts, RulesContent } from '../domains/routing/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A node with its settings, and what it has taken today. */
export interface NodeRow {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly active: boolean;
  readonly priority: number;
  readonly facts: NodeFacts;
  /** 0: the defaults. */
  readonly version: number;
  /** Orders and units that a node with a capacity took on its day; of others nothing is counted. */
  readonly ordersToday: number;
  readonly unitsToday: number;
}

interface Stored {
  readonly zones: {
    name: string;
    area: NodeFacts['area'];
    transit_days: number;
    bands: { up_to_grams: number | null; price_minor: number }[];
  }[];
}
type Row = Omit<NodeRow, 'facts'> & { readonly settings: (Omit<NodeFacts, 'zones'> & Stored) | null };

const rowOf = ({ settings, ...row }: Row): NodeRow => ({
  ...row,
  version: Number(row.version),
  ordersToday: Number(row.ordersToday),
  unitsToday: Number(row.unitsToday),
  facts: settings
    ? {
        ...settings,
        workingDays: settings.workingDays.map(Number),
        zones: settings.zones.map(({ name, area, transit_days: transitDays, bands }) => ({
          name,
          area,
          transitDays,
          bands: bands.map((band) => ({ upToGrams: band.up_to_grams, priceMinor: band.price_minor })),
        })),
      }
    : DEFAULT_FACTS,
});

/** Every node within the reader's scope, in the order of their merchants' preference. */
export async function listNodeSettings(db: Queryable, scope: Scope, now: Date, id?: string): Promise<NodeRow[]> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 'n');
  if (id !== undefined) where.add((value) => `n.id = ${value}`, id);
  const at = where.value(now);
  const text = `SELECT n.id, n.merchant_id AS "merchantId", m.name AS "merchantName", m.currency, n.code, n.name, n.kind, n.active, n.priority,
      COALESCE(s.version, 0) AS version, COALESCE(t.orders, 0) AS "ordersToday", COALESCE(t.units, 0) AS "unitsToday",
      CASE WHEN s.node_id IS NOT NULL THEN jsonb_build_object('timeZone', s.time_zone, 'cutoffMinutes', s.cutoff_minutes,
        'handlingDays', s.handling_days, 'workingDays', s.working_days, 'blackoutDays', s.blackout_days, 'capacityPerDay', s.capacity_per_day,
        'capacityUnit', s.capacity_unit, 'area', s.area, 'zones', s.zones, 'handlingOrderMinor', s.handling_order_minor,
        'handlingUnitMinor', s.handling_unit_minor, 'shipFrom', s.ship_from, 'pickUp', s.pick_up) END AS settings
    FROM nodes n JOIN merchants m ON m.id = n.merchant_id LEFT JOIN node_settings s ON s.node_id = n.id
    LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE o.units > 0)::int AS orders, sum(o.units)::int AS units
      FROM (SELECT sum(l.units) AS units FROM node_loads l
            WHERE l.node_id = n.id AND l.day = (${at}::timestamptz AT TIME ZONE s.time_zone)::date GROUP BY l.order_id) o) t ON s.node_id IS NOT NULL
    WHERE ${where.where} ORDER BY m.name, n.priority, n.code`;
  const { rows } = await db.query<Row>(prepared('node-settings', text, where.values));
  return rows.map(rowOf);
}

export async function readNode(db: Queryable, scope: Scope, id: string, now: Date): Promise<NodeRow> {
  const [node] = await listNodeSettings(db, scope, now, id);
  if (!node) throw new DomainError('not_found', 'There is no such node.');
  return node;
}

export interface RuleSetRow {
  readonly id: string;
  readonly number: number;
  readonly status: RuleSetStatus;
  readonly content: RulesContent;
  readonly note: string | null;
  readonly version: number;
  readonly createdBy: Actor | null;
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly activatedBy: Actor | null;
  readonly retiredAt: Date | null;
}

export interface SimulationRow {
  readonly id: string;
  readonly number: number;
  readonly lastOrders: number;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
  readonly progress: number;
  readonly total: number;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface RulesPage {
  readonly merchant: { readonly id: string; readonly name: string; readonly currency: string };
  readonly nodes: readonly { readonly code: string; readonly name: string; readonly kind: string }[];
  /** What holds where nobody wrote rules. */
  readonly defaults: RulesContent;
  /** Newest first: the draft if there is one, the rules in force, what was before. */
  readonly versions: readonly RuleSetRow[];
  readonly simulations: readonly SimulationRow[];
}

/** A merchant's rules, all their versions, and the last replays. */
export async function readRules(db: Queryable, scope: Scope, merchantId: string): Promise<RulesPage> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 'n');
  where.add((value) => `n.merchant_id = ${value}`, merchantId);
  const text = `SELECT m.id, m.name, m.currency, n.code, n.name AS "nodeName", n.kind FROM nodes n JOIN merchants m ON m.id = n.merchant_id
    WHERE ${where.where} AND n.active ORDER BY n.priority, n.code`;
  type Found = { id: string; name: string; currency: string; code: string; nodeName: string; kind: string };
  const { rows: found } = await db.query<Found>(prepared('routing-rules-nodes', text, where.values));
  const [first] = found;
  if (!first) throw new DomainError('not_found', 'There is no such merchant, or it has no node.');
  const { rows: versions } = await db.query<
    Omit<RuleSetRow, 'createdBy' | 'activatedBy'> & { createdBy: string; activatedBy: string | null }
  >({
    name: 'routing-rules-versions',
    text: `SELECT id, number, status, content, note, version::int, created_by AS "createdBy", created_at AS "createdAt", activated_at AS "activatedAt",
             activated_by AS "activatedBy", retired_at AS "retiredAt"
           FROM routing_rule_sets WHERE merchant_id = $1 ORDER BY number DESC LIMIT 50`,
    values: [merchantId],
  });
  const { rows: simulations } = await db.query<SimulationRow>({
    name: 'routing-simulations',
    text: `SELECT s.id, r.number, s.last_orders AS "lastOrders", s.status, s.progress, s.total, s.error, s.created_at AS "createdAt",
             s.finished_at AS "finishedAt"
           FROM routing_simulations s JOIN routing_rule_sets r ON r.id = s.rule_set_id WHERE s.merchant_id = $1 ORDER BY s.created_at DESC LIMIT 10`,
    values: [merchantId],
  });
  const name = await resolveActors(
    db,
    versions.flatMap((one) => [one.createdBy, ...(one.activatedBy ? [one.activatedBy] : [])]),
  );
  return {
    merchant: { id: first.id, name: first.name, currency: first.currency },
    nodes: found.map((node) => ({ code: node.code, name: node.nodeName, kind: node.kind })),
    defaults: DEFAULT_RULES,
    versions: versions.map((one) => ({
      ...one,
      createdBy: name(one.createdBy),
      activatedBy: one.activatedBy ? name(one.activatedBy) : null,
    })),
    simulations,
  };
}

/** One replay with its result. */
export async function readSimulation(
  db: Queryable,
  scope: Scope,
  id: string,
): Promise<SimulationRow & { readonly result: ReplayResult | null }> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 's');
  where.add((value) => `s.id = ${value}`, id);
  const text = `SELECT s.id, r.number, s.last_orders AS "lastOrders", s.status, s.progress, s.total, s.error, s.created_at AS "createdAt",
      s.finished_at AS "finishedAt", s.result
    FROM routing_simulations s JOIN routing_rule_sets r ON r.id = s.rule_set_id WHERE ${where.where}`;
  const { rows } = await db.query<SimulationRow & { result: ReplayResult | null }>(
    prepared('routing-simulation', text, where.values),
  );
  if (!rows[0]) throw new DomainError('not_found', 'There is no such simulation.');
  return rows[0];
}

export interface DecisionRow {
  readonly id: string;
  readonly rulesNumber: number | null;
  readonly explanation: Explanation;
  readonly currency: string;
  readonly solver: 'exact' | 'bounded' | 'greedy';
  readonly tookMs: number;
  readonly reason: string;
  readonly at: Date;
}

/** Why an order's units are where they are: every decision, newest first. Empty where nothing was there to decide. */
export async function listDecisions(db: Queryable, scope: Scope, orderId: string): Promise<DecisionRow[]> {
  const where = new Conditions().scope({ merchantId: scope.merchantId, customerId: null }, 'd');
  where.add((value) => `d.order_id = ${value}`, orderId);
  const text = `SELECT d.id, d.rules_number AS "rulesNumber", d.explanation, d.currency, d.solver, d.took_ms::float8 AS "tookMs", d.reason, d.at
    FROM routing_decisions d WHERE ${where.where} ORDER BY d.id DESC LIMIT 20`;
  const { rows } = await db.query<DecisionRow>(prepared('routing-decisions', text, where.values));
  return rows;
}
