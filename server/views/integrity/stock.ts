import { type Invariant, skuInScope } from './invariant.ts';

const SUPPLY_COUNTERS: Invariant = {
  id: 'stock.supply_counters',
  group: 2,
  title: 'Sellable, promised, limit and shortfall equal their movements',
  sql: `
    WITH sums AS (
      SELECT sku_id, region, sum(sellable_delta) AS sellable, sum(promised_delta) AS promised, sum(limit_delta) AS limit_over,
             sum(shortfall_delta) AS shortfall
      FROM stock_movements WHERE ${skuInScope('sku_id')} GROUP BY sku_id, region)
    SELECT format('SKU %s in %s', COALESCE(s.sku_id, m.sku_id), COALESCE(s.region, m.region)),
           format('sellable %s/%s, promised %s/%s, limit %s/%s, shortfall %s/%s (row/movements)', COALESCE(s.sellable, 0), COALESCE(m.sellable, 0),
                  COALESCE(s.promised, 0), COALESCE(m.promised, 0), COALESCE(s.limit_over, 0), COALESCE(m.limit_over, 0),
                  COALESCE(s.shortfall, 0), COALESCE(m.shortfall, 0))
    FROM (SELECT * FROM sku_supply WHERE ${skuInScope('sku_id')}) s
    FULL JOIN sums m ON m.sku_id = s.sku_id AND m.region = s.region
    WHERE COALESCE(s.sellable, 0) <> COALESCE(m.sellable, 0) OR COALESCE(s.promised, 0) <> COALESCE(m.promised, 0)
       OR COALESCE(s.limit_over, 0) <> COALESCE(m.limit_over, 0) OR COALESCE(s.shortfall, 0) <> COALESCE(m.shortfall, 0)`,
};

const NODE_COUNTERS: Invariant = {
  id: 'stock.node_counters',
  group: 2,
  title: 'On hand, allocated, safety and short equal their movements',
  sql: `
    WITH sums AS (
      SELECT sku_id, node_id, sum(on_hand_delta) AS on_hand, sum(allocated_delta) AS allocated, sum(safety_delta) AS safety,
             sum(short_delta) AS short
      FROM stock_movements WHERE node_id IS NOT NULL AND ${skuInScope('sku_id')} GROUP BY sku_id, node_id),
    nowhere AS (
      SELECT id, sku_id FROM stock_movements
      WHERE node_id IS NULL AND ${skuInScope('sku_id')}
        AND (on_hand_delta <> 0 OR allocated_delta <> 0 OR safety_delta <> 0 OR short_delta <> 0))
    SELECT format('SKU %s at node %s', COALESCE(n.sku_id, m.sku_id), COALESCE(n.node_id, m.node_id)),
           format('on hand %s/%s, allocated %s/%s, safety %s/%s, short %s/%s (row/movements)', COALESCE(n.on_hand, 0), COALESCE(m.on_hand, 0),
                  COALESCE(n.allocated, 0), COALESCE(m.allocated, 0), COALESCE(n.safety, 0), COALESCE(m.safety, 0),
                  COALESCE(n.short, 0), COALESCE(m.short, 0))
    FROM (SELECT * FROM node_stock WHERE ${skuInScope('sku_id')}) n
    FULL JOIN sums m ON m.sku_id = n.sku_id AND m.node_id = n.node_id
    WHERE COALESCE(n.on_hand, 0) <> COALESCE(m.on_hand, 0) OR COALESCE(n.allocated, 0) <> COALESCE(m.allocated, 0)
       OR COALESCE(n.safety, 0) <> COALESCE(m.safety, 0) OR COALESCE(n.short, 0) <> COALESCE(m.short, 0)
    UNION ALL
    SELECT 'movement ' || id, format('changes SKU %s at no node', sku_id) FROM nowhere`,
};

const SUPPLY_VERSIONS: Invariant = {
  id: 'stock.supply_versions',
  group: 2,
  title: 'Each supply row’s versions have no gap',
  sql: `
    WITH made AS (
      SELECT sku_id, region, count(*) AS movements, count(DISTINCT supply_version) AS versions, min(supply_version) AS lowest,
             max(supply_version) AS highest
      FROM stock_movements WHERE supply_version IS NOT NULL AND ${skuInScope('sku_id')} GROUP BY sku_id, region)
    SELECT format('SKU %s in %s', s.sku_id, s.region),
           format('is at version %s, %s movements made versions %s to %s', s.version, COALESCE(m.movements, 0), m.lowest, m.highest)
    FROM sku_supply s LEFT JOIN made m ON m.sku_id = s.sku_id AND m.region = s.region
    WHERE ${skuInScope('s.sku_id')}
      AND (s.version <> COALESCE(m.movements, 0) OR COALESCE(m.versions, 0) <> COALESCE(m.movements, 0)
           OR COALESCE(m.lowest, 1) <> 1 OR COALESCE(m.highest, 0) <> s.version)`,
};

const NODE_VERSIONS: Invariant = {
  id: 'stock.node_versions',
  group: 2,
  title: 'Each node stock row’s versions have no gap',
  sql: `
    WITH made AS (
      SELECT sku_id, node_id, count(*) AS movements, count(DISTINCT node_version) AS versions, min(node_version) AS lowest,
             max(node_version) AS highest
      FROM stock_movements WHERE node_version IS NOT NULL AND ${skuInScope('sku_id')} GROUP BY sku_id, node_id)
    SELECT format('SKU %s at node %s', n.sku_id, n.node_id),
           format('is at version %s, %s movements made versions %s to %s', n.version, COALESCE(m.movements, 0), m.lowest, m.highest)
    FROM node_stock n LEFT JOIN made m ON m.sku_id = n.sku_id AND m.node_id = n.node_id
    WHERE ${skuInScope('n.sku_id')}
      AND (n.version <> COALESCE(m.movements, 0) OR COALESCE(m.versions, 0) <> COALESCE(m.movements, 0)
           OR COALESCE(m.lowest, 1) <> 1 OR COALESCE(m.highest, 0) <> n.version)`,
};

const SELLABLE: Invariant = {
  id: 'stock.sellable',
  group: 2,
  title: 'Sellable is on hand less safety over the nodes of the region',
  sql: `
    WITH nodes AS (
      SELECT sku_id, region, sum(on_hand - safety) AS units FROM node_stock WHERE ${skuInScope('sku_id')} GROUP BY sku_id, region)
    SELECT format('SKU %s in %s', COALESCE(s.sku_id, n.sku_id), COALESCE(s.region, n.region)),
           format('sellable %s, its nodes have %s', COALESCE(s.sellable, 0), COALESCE(n.units, 0))
    FROM (SELECT * FROM sku_supply WHERE ${skuInScope('sku_id')}) s
    FULL JOIN nodes n ON n.sku_id = s.sku_id AND n.region = s.region
    WHERE COALESCE(s.sellable, 0) <> COALESCE(n.units, 0)`,
};

/** Units that are promised for edits which wait to be carried out. */
const HELD_BY_EDITS = `SELECT e.channel, (u->>'skuId')::uuid AS sku_id, (u->>'units')::bigint AS units
        FROM order_edits e CROSS JOIN LATERAL jsonb_array_elements(e.held) u WHERE e.status = 'waiting'`;

/** Per SKU, over all regions: an order of one region may be promised from another. */
const PROMISED: Invariant = {
  id: 'stock.promised',
  group: 2,
  title: 'Promised units are the units that orders still wait for, and that open reservations and waiting edits hold',
  sql: `
    WITH waiting AS (
      SELECT sku_id, sum(units) AS units FROM (
        SELECT l.sku_id, s.to_unit - s.from_unit + 1 AS units
        FROM order_lines l JOIN line_spans s ON s.line_id = l.id
        WHERE l.stocked AND l.sku_id IS NOT NULL AND s.state IN ('open', 'backordered', 'allocated') AND ${skuInScope('l.sku_id')}
        UNION ALL
        SELECT l.sku_id, l.quantity FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
        WHERE r.status = 'open' AND ${skuInScope('l.sku_id')}
        UNION ALL
        SELECT h.sku_id, h.units FROM (${HELD_BY_EDITS}) h WHERE ${skuInScope('h.sku_id')}) each
      GROUP BY sku_id),
    promised AS (
      SELECT sku_id, sum(promised) AS units FROM sku_supply WHERE ${skuInScope('sku_id')} GROUP BY sku_id)
    SELECT 'SKU ' || COALESCE(p.sku_id, w.sku_id), format('promised %s, orders and reservations hold %s', COALESCE(p.units, 0), COALESCE(w.units, 0))
    FROM promised p FULL JOIN waiting w ON w.sku_id = p.sku_id
    WHERE COALESCE(p.units, 0) <> COALESCE(w.units, 0)`,
};

const CHANNEL_COUNTERS: Invariant = {
  id: 'stock.channel_counters',
  group: 2,
  title: 'Each channel’s promises equal its movements, and its versions have no gap',
  sql: `
    WITH made AS (
      SELECT sku_id, region, channel, sum(channel_delta) AS promised, count(*) AS movements, count(DISTINCT channel_version) AS versions,
             max(channel_version) AS highest
      FROM stock_movements WHERE channel IS NOT NULL AND ${skuInScope('sku_id')} GROUP BY sku_id, region, channel)
    SELECT format('SKU %s on %s in %s', COALESCE(c.sku_id, m.sku_id), COALESCE(c.channel, m.channel), COALESCE(c.region, m.region)),
           format('promised %s/%s, version %s/%s of %s (row/movements)', COALESCE(c.promised, 0), COALESCE(m.promised, 0),
                  COALESCE(c.version, 0), COALESCE(m.highest, 0), COALESCE(m.movements, 0))
    FROM (SELECT * FROM channel_supply WHERE ${skuInScope('sku_id')}) c
    FULL JOIN made m ON m.sku_id = c.sku_id AND m.region = c.region AND m.channel = c.channel
    WHERE COALESCE(c.promised, 0) <> COALESCE(m.promised, 0) OR COALESCE(c.version, 0) <> COALESCE(m.movements, 0)
       OR COALESCE(m.versions, 0) <> COALESCE(m.movements, 0) OR COALESCE(m.highest, 0) <> COALESCE(c.version, 0)
    UNION ALL
    SELECT format('SKU %s in %s', c.sku_id, c.region), format('has a rule for %s that its supply does not know of', c.channel)
    FROM channel_supply c JOIN sku_supply s ON s.sku_id = c.sku_id AND s.region = c.region
    WHERE NOT s.by_channel AND ${skuInScope('c.sku_id')}`,
};

const CHANNEL_PROMISES: Invariant = {
  id: 'stock.channel_promises',
  group: 2,
  title: 'A channel’s promises are what its orders wait for, and its open reservations and waiting edits hold',
  sql: `
    WITH ruled AS (
      SELECT sku_id, channel, sum(promised) AS promised FROM channel_supply WHERE ${skuInScope('sku_id')} GROUP BY sku_id, channel),
    waiting AS (
      SELECT sku_id, channel, sum(units) AS units FROM (
        SELECT l.sku_id, o.channel, s.to_unit - s.from_unit + 1 AS units
        FROM order_lines l JOIN line_spans s ON s.line_id = l.id JOIN orders o ON o.id = l.order_id
        WHERE l.stocked AND s.state IN ('open', 'backordered', 'allocated') AND l.sku_id IN (SELECT sku_id FROM ruled)
        UNION ALL
        SELECT l.sku_id, r.channel, l.quantity FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
        WHERE r.status = 'open' AND l.sku_id IN (SELECT sku_id FROM ruled)
        UNION ALL
        SELECT h.sku_id, h.channel, h.units FROM (${HELD_BY_EDITS}) h
        WHERE h.sku_id IN (SELECT sku_id FROM ruled)) each
      GROUP BY sku_id, channel)
    SELECT format('SKU %s on %s', r.sku_id, r.channel), format('promised %s, its orders and reservations hold %s', r.promised, COALESCE(w.units, 0))
    FROM ruled r LEFT JOIN waiting w ON w.sku_id = r.sku_id AND w.channel = r.channel
    WHERE r.promised <> COALESCE(w.units, 0)`,
};

const ALLOCATED: Invariant = {
  id: 'stock.allocated',
  group: 2,
  title: 'Allocated units are the units that orders hold at the node',
  sql: `
    WITH held AS (
      SELECT l.sku_id, s.node_id, sum(s.to_unit - s.from_unit + 1) AS units
      FROM order_lines l JOIN line_spans s ON s.line_id = l.id
      WHERE l.stocked AND s.state = 'allocated' AND s.node_id IS NOT NULL AND ${skuInScope('l.sku_id')}
      GROUP BY l.sku_id, s.node_id)
    SELECT format('SKU %s at node %s', COALESCE(n.sku_id, h.sku_id), COALESCE(n.node_id, h.node_id)),
           format('allocated %s, orders hold %s', COALESCE(n.allocated, 0), COALESCE(h.units, 0))
    FROM (SELECT * FROM node_stock WHERE ${skuInScope('sku_id')}) n
    FULL JOIN held h ON h.sku_id = n.sku_id AND h.node_id = n.node_id
    WHERE COALESCE(n.allocated, 0) <> COALESCE(h.units, 0)`,
};

const SHORTAGES: Invariant = {
  id: 'stock.shortages',
  group: 2,
  title: 'Shortfall and short are explained by open work',
  sql: `
    WITH supply_work AS (
      SELECT sku_id, region, sum(shortfall) AS units FROM shortage_work
      WHERE status = 'open' AND ${skuInScope('sku_id')} GROUP BY sku_id, region),
    node_work AS (
      SELECT sku_id, node_id, sum(short) AS units FROM shortage_work
      WHERE status = 'open' AND short <> 0 AND ${skuInScope('sku_id')} GROUP BY sku_id, node_id)
    SELECT format('SKU %s in %s', COALESCE(s.sku_id, w.sku_id), COALESCE(s.region, w.region)),
           format('shortfall %s, open work %s', COALESCE(s.shortfall, 0), COALESCE(w.units, 0))
    FROM (SELECT * FROM sku_supply WHERE ${skuInScope('sku_id')}) s
    FULL JOIN supply_work w ON w.sku_id = s.sku_id AND w.region = s.region
    WHERE COALESCE(s.shortfall, 0) <> COALESCE(w.units, 0)
    UNION ALL
    SELECT format('SKU %s at node %s', COALESCE(n.sku_id, w.sku_id), COALESCE(n.node_id, w.node_id)),
           format('short %s, open work %s', COALESCE(n.short, 0), COALESCE(w.units, 0))
    FROM (SELECT * FROM node_stock WHERE ${skuInScope('sku_id')}) n
    FULL JOIN node_work w ON w.sku_id = n.sku_id AND w.node_id = n.node_id
    WHERE COALESCE(n.short, 0) <> COALESCE(w.units, 0)`,
};

/** What CHECK constraints refuse already, looked at once more in case somebody dropped one. */
const NOT_OVERSOLD: Invariant = {
  id: 'stock.not_oversold',
  group: 2,
  title: 'Nothing is oversold, over-allocated or negative',
  sql: `
    SELECT format('SKU %s in %s', sku_id, region),
           format('promised %s of sellable %s, limit %s, shortfall %s', promised, sellable, limit_over, shortfall)
    FROM sku_supply
    WHERE ${skuInScope('sku_id')}
      AND (promised > GREATEST(sellable, 0) + limit_over + shortfall OR LEAST(promised, limit_over, shortfall) < 0)
    UNION ALL
    SELECT format('SKU %s at node %s', sku_id, node_id), format('allocated %s of %s on hand, short %s, safety %s', allocated, on_hand, short, safety)
    FROM node_stock
    WHERE ${skuInScope('sku_id')} AND (allocated > on_hand + short OR LEAST(on_hand, allocated, safety, short) < 0)
    UNION ALL
    SELECT format('SKU %s on %s in %s', sku_id, channel, region), format('promised %s, cap %s, buffer %s', promised, cap, buffer)
    FROM channel_supply
    WHERE ${skuInScope('sku_id')} AND (promised < 0 OR buffer < 0 OR excess < 0 OR promised > cap + excess)`,
};

/** Group 2: stock equals its movements, and what orders hold. */
export const STOCK_INVARIANTS: readonly Invariant[] = [
  SUPPLY_COUNTERS,
  NODE_COUNTERS,
  SUPPLY_VERSIONS,
  NODE_VERSIONS,
  SELLABLE,
  PROMISED,
  CHANNEL_COUNTERS,
  CHANNEL_PROMISES,
  ALLOCATED,
  SHORTAGES,
  NOT_OVERSOLD,
];
