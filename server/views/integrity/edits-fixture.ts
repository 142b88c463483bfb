/** What somebody could do to edits behind everybody's back, and who has to notice. */
const EDIT = (status: string, rest: string): string =>
  `INSERT INTO order_edits (id, home, merchant_id, order_id, channel, status, plan, held, currency, before_minor, after_minor, added_minor, removed_minor, requested_by, requested_at, settled_at, version)
   SELECT gen_random_uuid(), home, merchant_id, id, channel, '${status}', ${rest}, 1 FROM orders WHERE status = 'CONFIRMED' LIMIT 1`;

export const EDIT_CORRUPTIONS: readonly {
  readonly invariant: string;
  readonly what: string;
  readonly plant: string;
  readonly also?: readonly string[];
}[] = [
  {
    invariant: 'orders.edits',
    what: 'an edit that waits for nobody',
    plant: EDIT('waiting', `'{"added": []}', '[]', currency, total_minor, total_minor, 0, 0, 'user:a', now(), NULL`),
  },
  {
    invariant: 'orders.edits',
    what: 'an edit whose lines are not there',
    plant: EDIT(
      'applied',
      `'{"added": [{}], "lineIds": []}', '[]', currency, total_minor, total_minor + 1, 1, 0, 'user:a', now(), now()`,
    ),
  },
  {
    invariant: 'stock.promised',
    what: 'units that an edit holds, and nobody promised',
    also: ['orders.edits'],
    plant: EDIT(
      'waiting',
      `'{"added": []}', (SELECT jsonb_build_array(jsonb_build_object('skuId', sku_id, 'units', 1)) FROM sku_supply LIMIT 1), currency, total_minor, total_minor, 0, 0, 'user:a', now(), NULL`,
    ),
  },
  {
    invariant: 'money.raised',
    what: 'an authorization that was raised, and holds what it held',
    plant: `INSERT INTO payment_operations (id, payment_id, order_id, kind, amount_minor, status, trace_id, created_at, settled_at)
            SELECT gen_random_uuid(), id, order_id, 'increment', authorized_minor + 1, 'succeeded', 't', now(), now() FROM payments WHERE status = 'AUTHORIZED' LIMIT 1`,
  },
];
