import type { App } from '../../server/app.ts';
import { CONSUMERS } from '../../server/kernel/consumers.ts';
import type { Consumer } from '../../server/platform/consumers.ts';
import { systemContext } from '../../server/platform/system-context.ts';

/** Units arrived: the orders that wait for them are allocated at once. */
export const allocateReceived: Consumer<App> = {
  name: 'allocate-received',
  types: CONSUMERS['allocate-received'],
  async handle(events, { flows, settings }) {
    const received = events.filter((event) => Number(event.data.delta) > 0).map((event) => event.aggregateId);
    if (received.length > 0) await flows.wakeWaitingFor([...new Set(received)], systemContext('receipt', settings.region));
  },
};
