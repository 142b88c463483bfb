'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { mayResend } from '../../server/domains/notifications/rules.ts';
import type { MailRow } from '../../server/views/mails.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useLive } from '../live.tsx';
import { moves, useMailWords, WATCH_CLOSELY_MS, WATCH_MS } from '../mails/mail-words.ts';
import classes from '../mails/mails.module.css';
import { ResendDialog } from '../mails/resend-dialog.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** More than an order ever has; the rest is in the list of mails. */
const SHOWN = 50;

function MailLine({ mail, onResend }: { mail: MailRow; onResend?: () => void }) {
  const { t } = useMessages();
  const words = useMailWords();
  return (
    <li className={classes.line}>
      <StatusBadge kind="mail" value={mail.status} />
      <Link href={`/channels/mail/${mail.id}`}>{words.kind(mail.kind)}</Link>
      {mail.resends && <span className={classes.answer}>{t('mails.again')}</span>}
      <span className={classes.end}>
        <TimeAgo at={mail.sentAt ?? mail.createdAt} />
        {onResend && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('mails.resend.named', { mail: words.kind(mail.kind) })}
            onClick={onResend}
          >
            {t('mails.resend.button')}
          </Button>
        )}
      </span>
      {mail.reason && <span className={`${classes.answer} ${classes.wide}`}>{words.reason(mail.reason)}</span>}
    </li>
  );
}

/** What the customer was told about the order, newest first. */
export function OrderMails({ order }: { order: OrderPage['order'] }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const [resending, setResending] = useState<MailRow | null>(null);
  const input = { orderId: order.id, limit: SHOWN };
  const list = useQuery({
    ...trpc.mails.list.queryOptions(input),
    enabled: powers.may('mails.list'),
    refetchInterval: ({ state }) => (state.data?.items.some((mail) => moves(mail.status)) ? WATCH_CLOSELY_MS : WATCH_MS),
  });
  // A notice is queued a moment after its event and is none itself: the event is when to look, watching finds the rest.
  useLive([`order:${order.id}`], { queryKeys: [trpc.mails.list.queryKey(input)] });
  if (!powers.may('mails.list')) return null;
  const mayDo = powers.may('mails.resend');
  return (
    <Section title={t('mails.toCustomer')} count={list.data?.items.length ?? 0}>
      <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <span className={classes.answer}>{t('mails.none')}</span>
          ) : (
            <ul className={classes.lines}>
              {items.map((mail) => {
                const allowed = mayDo && mayResend({ ...mail, kept: true }).allowed;
                return <MailLine key={mail.id} mail={mail} {...(allowed ? { onResend: () => setResending(mail) } : {})} />;
              })}
            </ul>
          )
        }
      </Loaded>
      {resending && <ResendDialog key={resending.id} mail={resending} kept onClose={() => setResending(null)} />}
    </Section>
  );
}
