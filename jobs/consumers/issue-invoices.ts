import type { App } from '../../server/app.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import type { Consumer } from '../../server/platform/consumers.ts';
import { systemContext } from '../../server/platform/system-context.ts';

/** Something left or was given back: its orders are invoiced, or credited. */
export const issueInvoices: Consumer<App> = {
  name: 'issue-invoices',
  types: CONSUMERS['issue-invoices'],
  async handle(events, { flows, settings }) {
    await flows.invoices.issue(
      [...new Set(events.map((event) => event.aggregateId))],
      systemContext('invoices', settings.region),
    );
  },
};
