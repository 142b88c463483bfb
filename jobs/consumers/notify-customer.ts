import type { App } from '../../server/app.ts';
import { notifyCustomers } from '../../server/flows/notify-customer.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import type { Consumer } from '../../server/platform/consumers.ts';

/** Queues what customers are told. */
export const notifyCustomer: Consumer<App> = {
  name: 'notify-customer',
  types: CONSUMERS['notify-customer'],
  async handle(events, { pool }) {
    await notifyCustomers(pool, events, new Date());
  },
};
