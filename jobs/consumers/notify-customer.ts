import type { App } from '../../server/app.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import type { Consumer } from '../../server/platform/consumers.ts';

/** Queues what customers are told. */
export const notifyCustomer: Consumer<App> = {
  name: 'notify-customer',
  types: CONSUMERS['notify-customer'],
  async handle(events, { flows }) {
    await flows.notifyCustomers(events);
  },
};
