import { type Invariant, skuInScope } from './invariant.ts';

/** What a channel may be promised of a listed SKU, without asking the writers' rules. */
const OFFERED = `
  SELECT l.connection_id, l.sku_id, l.ref, l.sent_version, l.acked_quantity, l.acked_version, s.version, s.listed,
    CASE WHEN NOT l.active OR l.taken_off OR s.shortfall > 0 THEN 0 ELSE
      greatest(0, least(greatest(s.sellable, 0) + s.limit_over - s.promised - coalesce(r.buffer, 0), coalesce(r.cap - r.promised, 9223372036854775807)))
    END AS offered,
    c.status = 'on' AND l.dirty_since IS NULL AND l.problem IS NULL
      AND NOT EXISTS (SELECT FROM supply_marks m WHERE m.sku_id = l.sku_id)
      AND NOT EXISTS (SELECT FROM channel_messages m WHERE m.connection_id = l.connection_id AND m.status = 'sending') AS all_told
  FROM channel_listings l JOIN channel_connections c ON c.id = l.connection_id
  LEFT JOIN sku_supply s ON s.sku_id = l.sku_id AND s.region = l.region
  LEFT JOIN channel_supply r ON r.sku_id = l.sku_id AND r.region = l.region AND r.channel = c.channel
  WHERE ${skuInScope('l.sku_id')}`;

const TOLD: Invariant = {
  id: 'channels.told',
  group: 2,
  title: 'A channel with nothing left to be told has acknowledged exactly what it may be promised of every listing',
  sql: `
    SELECT format('listing %s at %s', o.ref, o.connection_id),
           format('acknowledged %s, may be promised %s', coalesce(o.acked_quantity::text, 'nothing'), o.offered)
    FROM (${OFFERED}) o WHERE o.all_told AND o.acked_quantity IS DISTINCT FROM o.offered`,
};

const NOT_AHEAD: Invariant = {
  id: 'channels.not_ahead',
  group: 2,
  title: 'No listing was told a version that its supply does not have yet, and every listed SKU marks its changes',
  sql: `
    SELECT format('listing %s at %s', o.ref, o.connection_id),
           CASE WHEN o.listed IS NOT TRUE THEN 'its supply leaves no marks' ELSE format('was told version %s, the supply is at %s', o.sent_version, o.version) END
    FROM (${OFFERED}) o WHERE o.listed IS NOT TRUE OR o.sent_version > o.version`,
};

/** Group 2, further: what channels were told. */
export const CHANNEL_INVARIANTS: readonly Invariant[] = [TOLD, NOT_AHEAD];
