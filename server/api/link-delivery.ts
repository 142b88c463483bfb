import type { ApiLog, Delivery } from './app.ts';

interface Post {
  /** Seals what only the recipient may read, and queues the mail. Null where mail is off. */
  readonly mail: ((link: Delivery) => Promise<void>) | null;
  readonly log: ApiLog;
  readonly demo: boolean;
}

/**
 * Sign-in links go by mail. Where mail is off, a demo writes a reset link to its log; outside the demo the log says only that somebody
 * asked: an administrator makes the link under Settings, Users, and passes it on, as whoever invites does.
 */
export function deliverLinks({ mail, log, demo }: Post): (link: Delivery) => Promise<void> {
  if (mail) return mail;
  return async (link) => {
    if (link.kind === 'invitation') return;
    if (demo) log.warn({ kind: link.kind, url: link.url, expiresAt: link.expiresAt }, 'a password reset link was asked for');
    else log.warn({ kind: link.kind }, 'a password reset was asked for: make the link under Settings, Users');
  };
}
