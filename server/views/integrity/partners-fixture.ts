import type { Corruption } from './corruptions-fixture.ts';

/** Mistakes with what lies with partners. */
export const PARTNER_CORRUPTIONS: readonly Corruption[] = [
  {
    invariant: 'orders.partner_requests',
    what: 'a request that no unit waits for',
    plant: `INSERT INTO fulfilment_requests (id, order_id, merchant_id, node_id, kind, status, answer_by, created_at, version, updated_at)
            SELECT gen_random_uuid(), o.id, o.merchant_id, gen_random_uuid(), 'third_party', 'asked', now(), now(), 1, now() FROM orders o LIMIT 1`,
  },
];
