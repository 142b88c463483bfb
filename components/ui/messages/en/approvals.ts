/** The inbox of those who approve. */
export const approvals = {
  title: 'Approvals',
  what: 'Request',
  subject: 'Concerns',
  amount: 'Amount',
  requestedBy: 'Requested by',
  requested: 'Requested',
  expires: 'Expires',
  decidedBy: 'Decided by',
  decided: 'Decided',
  reason: 'Reason',
  reference: 'Reference: {reference}',
  emptyTitle: 'Nothing to approve',
  empty: 'Large refunds and adjustments wait here for a second person.',
} as const;
