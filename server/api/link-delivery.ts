import type { ApiLog, Delivery } from './app.ts';

/**
 * Where no mail is sent from, a reset link goes to whoever reads the log of a demo. Outside the demo the log says only that somebody
 * asked: an administrator makes the link under Settings, Users, and passes it on.
 */
export function deliverByLog(log: ApiLog, demo: boolean): (link: Delivery) => Promise<void> {
  return async (link) => {
    if (demo) log.warn({ kind: link.kind, url: link.url, expiresAt: link.expiresAt }, 'a password reset link was asked for');
    else log.warn({ kind: link.kind }, 'a password reset was asked for: make the link under Settings, Users');
  };
}
