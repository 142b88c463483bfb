import type { App } from '../server/app.ts';
import type { Consumer } from '../server/platform/consumers.ts';
import { allocateReceived } from './consumers/allocate-received.ts';
import { issueInvoices } from './consumers/issue-invoices.ts';
import { moveDates } from './consumers/move-dates.ts';
import { notifyCustomer } from './consumers/notify-customer.ts';

/** The handlers of the consumers that kernel/consumers.ts names, with the same types. */
export const CONSUMER_LIST: readonly Consumer<App>[] = [allocateReceived, issueInvoices, moveDates, notifyCustomer];
