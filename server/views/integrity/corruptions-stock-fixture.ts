import type { Corruption } from './corruptions-fixture.ts';

const sku = (code: string) => `(SELECT id FROM skus WHERE code = '${code}')`;

/** A movement of SKU A that its rows follow faithfully, versions included; null deltas leave a row alone. */
function movement(supply: Record<string, number>, node: Record<string, number>): string {
  const deltas = { ...supply, ...node };
  const names = Object.keys(deltas).map((name) => `${name === 'limit_over' ? 'limit' : name}_delta`);
  const set = (changes: Record<string, number>) =>
    Object.entries(changes)
      .map(([name, delta]) => `${name} = ${name} + (${delta}), `)
      .join('');
  const moved = (changes: object) => Object.keys(changes).length > 0;
  return `
    INSERT INTO stock_movements (id, sku_id, merchant_id, region, node_id, kind, ${names.join(', ')}, supply_version, node_version, actor, trace_id, at)
    SELECT gen_random_uuid(), s.sku_id, s.merchant_id, s.region, ${moved(node) ? 'n.node_id' : 'NULL'}, 'adjust', ${Object.values(deltas).join(', ')},
           ${moved(supply) ? 's.version + 1' : 'NULL'}, ${moved(node) ? 'n.version + 1' : 'NULL'}, 'system:test', 't', now()
    FROM sku_supply s JOIN node_stock n ON n.sku_id = s.sku_id WHERE s.sku_id = ${sku('A')};
    ${moved(supply) ? `UPDATE sku_supply SET ${set(supply)} version = version + 1 WHERE sku_id = ${sku('A')};` : ''}
    ${moved(node) ? `UPDATE node_stock SET ${set(node)} version = version + 1 WHERE sku_id = ${sku('A')};` : ''}`;
}

/** Mistakes of the counters of stock, and of what they stand for. */
export const STOCK: readonly Corruption[] = [
  {
    invariant: 'stock.supply_counters',
    what: 'a limit that no movement gave',
    plant: `UPDATE sku_supply SET limit_over = limit_over + 1 WHERE sku_id = ${sku('A')}`,
    also: ['stock.limit'],
  },
  {
    invariant: 'stock.node_counters',
    what: 'stock on hand and safety that no movement brought',
    plant: `UPDATE node_stock SET on_hand = on_hand + 1, safety = safety + 1 WHERE sku_id = ${sku('A')}`,
  },
  {
    invariant: 'stock.supply_versions',
    what: 'a supply version that was jumped over',
    plant: `UPDATE stock_movements SET supply_version = supply_version + 100 WHERE sku_id = ${sku('A')} AND kind = 'receive'`,
  },
  {
    invariant: 'stock.node_versions',
    what: 'two movements that made the same node version',
    plant: `UPDATE stock_movements SET node_version = 1 WHERE sku_id = ${sku('C')} AND node_version = 2`,
  },
  { invariant: 'stock.sellable', what: 'a sellable unit that is at no node', plant: movement({ sellable: 1 }, {}) },
  { invariant: 'stock.promised', what: 'a promise to nobody', plant: movement({ promised: 1 }, {}) },
  { invariant: 'stock.allocated', what: 'an allocation for nobody', plant: movement({}, { allocated: 1 }) },
  {
    invariant: 'stock.shortages',
    what: 'a shortage whose work was closed',
    plant: `UPDATE shortage_work SET status = 'resolved'`,
  },
  {
    invariant: 'stock.not_oversold',
    what: 'safety stock set aside below what is promised',
    plant: `ALTER TABLE sku_supply DROP CONSTRAINT supply_is_not_oversold; ${movement({ sellable: -13 }, { safety: 13 })}`,
  },
  {
    invariant: 'stock.not_oversold',
    what: 'a channel past its cap',
    plant: `ALTER TABLE channel_supply DROP CONSTRAINT channel_is_not_oversold; UPDATE channel_supply SET promised = 6`,
    also: ['stock.channel_counters', 'stock.channel_promises'],
  },
  {
    invariant: 'stock.channel_counters',
    what: 'a channel’s version that no movement made',
    plant: `UPDATE channel_supply SET version = version + 1`,
  },
  {
    invariant: 'stock.channel_counters',
    what: 'a rule that placing orders would not see',
    plant: `UPDATE sku_supply SET by_channel = false`,
  },
  {
    invariant: 'stock.channel_promises',
    what: 'a unit counted for another channel than its cart’s',
    plant: `UPDATE reservations SET channel = 'api'`,
  },
  {
    invariant: 'stock.promised',
    what: 'a reservation that ended and gave nothing back',
    plant: `UPDATE reservations SET status = 'expired'`,
    also: ['stock.channel_promises'],
  },
  {
    invariant: 'stock.not_oversold',
    what: 'allocated units that are not on hand',
    plant: `ALTER TABLE node_stock DROP CONSTRAINT allocated_stock_is_there; ALTER TABLE sku_supply DROP CONSTRAINT supply_is_not_oversold;
            ${movement({ sellable: -14 }, { on_hand: -14 })}`,
  },
  {
    invariant: 'stock.references',
    what: 'a channel’s share of a SKU that does not exist',
    plant: `UPDATE channel_supply SET sku_id = gen_random_uuid()`,
    also: ['stock.channel_counters', 'stock.channel_promises'],
  },
];
