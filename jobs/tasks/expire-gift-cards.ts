import type { App } from '../../server/app.ts';
import { systemContext } from '../../server/platform/system-context.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Ends gift cards whose time is over. */
export function expireGiftCardsTask({ flows, settings }: Pick<App, 'flows' | 'settings'>): TaskHandler<'expire-gift-cards'> {
  return async (_payload, { log }) => {
    const expired = await flows.expireGiftCards(systemContext('gift-cards', settings.region));
    if (expired > 0) log.info({ expired }, 'gift cards expired');
  };
}
