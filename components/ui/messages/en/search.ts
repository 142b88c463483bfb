/** The palette and the search box. */
export const search = {
  open: 'Search or jump to…',
  placeholder: 'Order number, e-mail, phone, tracking id, last 4, provider id…',
  hint: 'Type to search, or pick where to go.',
  nothing: 'Nothing found for “{query}”',
  searching: 'Searching…',
  failed: 'The search did not answer. Try again.',
  goTo: 'Go to',
  kinds: {
    order: 'Orders',
    customer: 'Customers',
    shipment: 'Shipments',
    payment: 'Payments',
    sku: 'Products',
    refund: 'Refunds',
    other: 'Results',
  },
} as const;
