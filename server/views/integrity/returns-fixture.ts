/** What somebody could do to returns behind everybody's back, and who has to notice. */
export const RETURN_CORRUPTIONS: readonly { readonly invariant: string; readonly what: string; readonly plant: string }[] = [
  {
    invariant: 'returns.units',
    what: 'units in a return that they are not marked with',
    plant: 'UPDATE line_spans SET return_id = NULL',
  },
  {
    invariant: 'returns.money',
    what: 'a return that says less than its refund gave',
    plant: 'UPDATE returns SET refund_minor = refund_minor - 1',
  },
  {
    invariant: 'returns.money',
    what: 'a return for which more was due than its units cost',
    plant: 'UPDATE returns SET due_minor = due_minor + 1',
  },
  {
    invariant: 'returns.stock',
    what: 'a sellable unit that was scrapped',
    plant: `UPDATE return_lines SET stock = 'scrap'`,
  },
  {
    invariant: 'returns.ahead',
    what: 'money that was taken for a replacement, though what came back had paid for it',
    plant: `UPDATE returns SET advance_status = 'released', advance_minor = 5`,
  },
];
