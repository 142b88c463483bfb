import type { Corruption } from './corruptions-fixture.ts';

/** A connection whose listing of some SKU was told `quantity` at `version`. */
const listed = (quantity: string, version: string, marks = true): string => `
  INSERT INTO channel_connections (id, home, merchant_id, channel, kind, name, url, secret_sealed, status, created_at, updated_at, report_due_at)
    SELECT '00000000-0000-7000-8000-0000000000c1', 'EU', s.merchant_id, 'marketplace', 'marketplace', 'x', 'https://x.example', 'x', 'on', now(), now(), now()
    FROM sku_supply s ORDER BY s.sku_id LIMIT 1;
  INSERT INTO channel_listings (connection_id, sku_id, region, ref, active, sent_quantity, sent_version, acked_quantity, acked_version)
    SELECT '00000000-0000-7000-8000-0000000000c1', s.sku_id, s.region, 'X', true, ${quantity}, ${version}, ${quantity}, ${version}
    FROM sku_supply s ORDER BY s.sku_id LIMIT 1;
  UPDATE sku_supply SET listed = ${marks}`;
const RIGHT = 'CASE WHEN s.shortfall > 0 THEN 0 ELSE greatest(0, greatest(s.sellable, 0) + s.limit_over - s.promised) END';

/** Mistakes with what channels were told. */
export const CHANNEL_CORRUPTIONS: readonly Corruption[] = [
  { invariant: 'channels.told', what: 'a channel that believes in a unit too many', plant: listed(`${RIGHT} + 1`, 's.version') },
  { invariant: 'channels.not_ahead', what: 'a version that no supply has yet', plant: listed(RIGHT, 's.version + 1') },
  {
    invariant: 'channels.not_ahead',
    what: 'a listing whose changes nobody would hear of',
    plant: listed(RIGHT, 's.version', false),
  },
];
