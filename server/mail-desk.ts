import type pg from 'pg';
import type { Delivery } from './api/app.ts';
import { payUrl } from './api/checkout-links.ts';
import { trackingUrl } from './api/tracking-links.ts';
import { waitingUrl } from './api/waiting.ts';
import { createMailTransport } from './domains/notifications/provider.ts';
import type { Flows } from './flows/flows.ts';
import type { MailDesk } from './flows/send-notices.ts';
import { open, seal } from './platform/auth/secrets.ts';
import type { Env } from './platform/env.ts';

/** Where mail leaves this process: the mail server of SMTP_URL, and the addresses that mails lead to. */
export function createMailDesk(env: Env): MailDesk {
  const { SMTP_URL: url, MAIL_FROM: from } = env;
  const transport = url && from ? createMailTransport({ url, from }) : null;
  const links = { origin: env.WAYBILL_ORIGIN, secret: env.WAYBILL_SECRET };
  return {
    transport,
    links: {
      track: (orderId) => trackingUrl(links, orderId),
      waiting: (orderId) => waitingUrl(links, orderId),
      pay: (checkoutId) => payUrl(links, checkoutId),
      wallet: (walletId) => `${env.WAYBILL_ORIGIN}/account/wallet${walletId === null ? '' : `?w=${walletId}`}`,
      moneyRequest: (requestId) => `${env.WAYBILL_ORIGIN}/account/wallet/requests/${requestId}`,
      stock: () => `${env.WAYBILL_ORIGIN}/stock/low`,
      open: (sealedUrl) => open(sealedUrl, PURPOSE, env.WAYBILL_DATA_KEY),
    },
  };
}

const PURPOSE = 'mail:sign-in-link';

/** Queues the mail of a sign-in link. The database keeps the link sealed, and only until it is sent. */
export async function mailSignInLink(
  { pool, flows, dataKey }: { pool: pg.Pool; flows: Pick<Flows, 'mailLink'>; dataKey: string },
  link: Delivery,
): Promise<void> {
  const { rows } = await pool.query<{ locale: string; from: string | null }>({
    name: 'mail-link-languages',
    text: `SELECT coalesce((SELECT locale FROM users WHERE email_normalized = lower($1)), i.locale, 'en') AS locale, i.name AS from
           FROM (SELECT 1) one LEFT JOIN users i ON i.id = $2`,
    values: [link.email.trim(), link.invitedBy ?? null],
  });
  const [who] = rows;
  await flows.mailLink(
    {
      linkId: link.id,
      kind: link.kind === 'reset' ? 'reset_link' : 'invitation',
      email: link.email,
      locale: who?.locale ?? 'en',
      sealedUrl: seal(link.url, PURPOSE, dataKey),
      expiresAt: link.expiresAt,
      from: who?.from ?? null,
    },
    link.ctx,
  );
}
