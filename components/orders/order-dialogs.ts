/** The dialogs of an order, by their place in the address: /orders/EU-10432/refund. */
export const ORDER_DIALOGS = [
  'cancel',
  'refund',
  'ship',
  'hold',
  'release',
  'address',
  'edit',
  'reship',
  'reroute',
  'message',
] as const;
export type OrderDialog = (typeof ORDER_DIALOGS)[number];
