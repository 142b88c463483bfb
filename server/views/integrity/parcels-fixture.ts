/** What somebody could do to boxes, manifests and claims behind everybody's back, and who has to notice. */
export const PARCEL_CORRUPTIONS: readonly { readonly invariant: string; readonly what: string; readonly plant: string }[] = [
  {
    invariant: 'parcels.boxes',
    what: 'a shipment whose boxes are empty',
    plant: `UPDATE shipments SET boxes = 1 WHERE status = 'LABELLED'`,
  },
  {
    invariant: 'parcels.received_back',
    what: 'a unit that came back and was never sent',
    plant: `INSERT INTO shipment_returns (id, shipment_id, order_id, line_id, from_unit, to_unit, node_id, condition, received_by, received_at)
            SELECT gen_random_uuid(), l.shipment_id, l.order_id, l.line_id, l.from_unit, l.from_unit, gen_random_uuid(), 'sellable', 'system:test', now()
            FROM shipment_lines l LIMIT 1`,
  },
  {
    invariant: 'parcels.claims',
    what: 'a claim that was paid, and nobody was',
    plant: `INSERT INTO carrier_claims (id, number, home, merchant_id, order_id, shipment_id, parcel_id, carrier, kind, status, amount_minor, paid_minor, currency, opened_by, opened_at, version)
            SELECT gen_random_uuid(), 'EU-C1', 'EU', merchant_id, order_id, id, id, 'parcel', 'lost', 'paid', 100, 100, currency, 'system:test', now(), 1
            FROM shipments LIMIT 1`,
  },
  {
    invariant: 'parcels.manifests',
    what: 'a parcel on a manifest that does not list it',
    plant: `UPDATE shipments SET manifest_id = gen_random_uuid() WHERE status = 'IN_TRANSIT'`,
  },
];
