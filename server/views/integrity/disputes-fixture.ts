/** What somebody could do to disputes behind everybody's back, and who has to notice. */
export const DISPUTE_CORRUPTIONS: readonly { readonly invariant: string; readonly what: string; readonly plant: string }[] = [
  {
    invariant: 'disputes.booked',
    what: 'a dispute that is won in its row only',
    plant: `UPDATE payments SET disputed_minor = 0 WHERE id IN (SELECT payment_id FROM disputes WHERE status = 'lost');
            UPDATE disputes SET status = 'won', taken_minor = 0 WHERE status = 'lost'`,
  },
  {
    invariant: 'disputes.booked',
    what: 'a fee that nobody booked',
    plant: `UPDATE disputes SET fee_minor = fee_minor + 1`,
  },
  {
    invariant: 'disputes.booked',
    what: 'a loss that is booked for no dispute',
    plant: `UPDATE transfers SET reference = 'EU-D0' WHERE kind = 'chargeback'`,
  },
  {
    invariant: 'disputes.payments',
    what: 'disputed money that may be refunded',
    plant: 'UPDATE payments SET disputed_minor = 0 WHERE disputed_minor > 0',
  },
  {
    invariant: 'disputes.holds',
    what: 'an order held for a dispute that it has not',
    plant: `UPDATE orders SET holds = '{dispute}' WHERE id NOT IN (SELECT order_id FROM disputes)`,
  },
  {
    invariant: 'disputes.holds',
    what: 'units that may leave although the payment is disputed',
    plant: `UPDATE orders SET holds = '{}' WHERE 'dispute' = ANY (holds)`,
  },
];
