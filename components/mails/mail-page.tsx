'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import { mailLocale, mayResend } from '../../server/domains/notifications/rules.ts';
import type { MailPage } from '../../server/views/mails.ts';
import { useActorName } from '../actor-name.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CaughtMails } from './caught-mails.tsx';
import { MailAttempts } from './mail-attempts.tsx';
import { MailFrame } from './mail-frame.tsx';
import { moves, useMailWords, WATCH_CLOSELY_MS, WATCH_MS } from './mail-words.ts';
import classes from './mails.module.css';
import { ResendDialog } from './resend-dialog.tsx';

const SHOWN = ['html', 'text', 'caught'] as const;
type Shown = (typeof SHOWN)[number];

function Header({ page, onResend }: { page: MailPage; onResend: () => void }) {
  const { t } = useMessages();
  const powers = usePowers();
  const words = useMailWords();
  const { mail } = page;
  const verdict = mayResend(mail);
  return (
    <PageHeader
      breadcrumbs={[{ label: t('mails.title'), href: '/channels/mail' }]}
      title={mail.subject ?? words.kind(mail.kind)}
      badges={<StatusBadge kind="mail" value={mail.status} />}
      sub={
        <>
          {words.kind(mail.kind)}
          {mail.orderNumber && (
            <>
              {' · '}
              <Link href={`/orders/${mail.orderNumber}`}>{mail.orderNumber}</Link>
            </>
          )}
          {' · '}
          <TimeAgo at={mail.createdAt} />
        </>
      }
      secondary={
        powers.may('mails.resend') && (
          <ActionButton
            variant="default"
            label={t('mails.resend.button')}
            reason={verdict.allowed ? null : verdict.why}
            onClick={onResend}
          />
        )
      }
    />
  );
}

const TONES = { failed: 'blocked', in_doubt: 'doubt', suppressed: 'neutral', queued: 'attention' } as const;

/** Why it was not sent, or why nobody knows, and what a person can do. */
function Why({ mail }: { mail: MailPage['mail'] }) {
  const { t } = useMessages();
  const words = useMailWords();
  const { status, reason } = mail;
  if (status === 'queued' && mail.attempts > 0)
    return (
      <Bar tone={TONES.queued} title={t('mails.waits')}>
        <TimeAgo at={mail.nextAt} exact />
      </Bar>
    );
  if (reason === null || !(status in TONES)) return null;
  return (
    <Bar tone={TONES[status as keyof typeof TONES]} title={words.reason(reason)}>
      {status === 'in_doubt' && t('mails.doubtHelp')}
    </Bar>
  );
}

function Content({ page, shown }: { page: MailPage; shown: Shown }) {
  const { t } = useMessages();
  const { mail } = page;
  if (shown === 'caught') return <CaughtMails id={mail.id} />;
  const { html, text } = mail;
  if (html === null || text === null) {
    const secret = mail.kind === 'reset_link' || mail.kind === 'invitation';
    const reason = secret ? t('mails.secret') : mail.kept ? t('mails.notWritten') : t('mails.notKept');
    return <EmptyState title={t('mails.noContent')} reason={reason} />;
  }
  return shown === 'html' ? (
    <MailFrame html={html} title={mail.subject ?? t('mails.mail')} />
  ) : (
    <pre className={classes.text}>{text}</pre>
  );
}

function Facts({ page }: { page: MailPage }) {
  const { t } = useMessages();
  const actor = useActorName();
  const { mail } = page;
  const items: Pair[] = [
    { label: t('mails.to'), value: mail.recipient ? <CopyText value={mail.recipient} /> : t('ui.unknown') },
    { label: t('mails.merchant'), value: mail.merchantName ?? t('ui.unknown') },
    { label: t('mails.language'), value: t(`mails.languages.${mailLocale(mail.locale)}`) },
    { label: t('mails.sent'), value: <TimeAgo at={mail.sentAt} exact /> },
    {
      label: t('mails.messageId'),
      value: mail.messageId ? <CopyText value={mail.messageId} shown={`…${mail.messageId.slice(24)}`} mono /> : t('ui.unknown'),
    },
  ];
  if (mail.actor) items.push({ label: t('mails.by'), value: actor(mail.actor) });
  if (mail.resends)
    items.push({ label: t('mails.again'), value: <Link href={`/channels/mail/${mail.resends}`}>{t('mails.first')}</Link> });
  return (
    <Section title={t('mails.mail')}>
      <KeyValue items={items} />
    </Section>
  );
}

function Resent({ page }: { page: MailPage }) {
  const { t } = useMessages();
  if (page.resent.length === 0) return null;
  return (
    <Section title={t('mails.resentTitle')} count={page.resent.length}>
      <ul className={classes.lines}>
        {page.resent.map((one) => (
          <li key={one.id} className={classes.line}>
            <StatusBadge kind="mail" value={one.status} />
            <span className={classes.end}>
              <TimeAgo at={one.createdAt} />
              <Link href={`/channels/mail/${one.id}`}>{t('mails.open')}</Link>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Body({ page }: { page: MailPage }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const state = useQuery({ ...trpc.mails.state.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  const [shown, setShown] = useQueryState('show', parseAsStringLiteral(SHOWN).withDefault('html'));
  const [resending, setResending] = useState(false);
  const views = SHOWN.filter((key) => key !== 'caught' || state.data?.caught).map((key) => ({
    key,
    label: t(`mails.shown.${key}`),
    active: key === shown,
    onSelect: () => void setShown(key),
  }));
  return (
    <DetailLayout
      header={<Header page={page} onResend={() => setResending(true)} />}
      tabs={<ViewTabs views={views} label={t('mails.shown.label')} />}
      bars={<Why mail={page.mail} />}
      aside={
        <>
          <Facts page={page} />
          <MailAttempts attempts={page.attempts} />
          <Resent page={page} />
        </>
      }
    >
      <Content page={page} shown={shown} />
      {resending && <ResendDialog mail={page.mail} kept={page.mail.kept} onClose={() => setResending(false)} />}
    </DetailLayout>
  );
}

/** One mail: what was sent, to whom, and what the mail server said. */
export function MailDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const mail = useQuery({
    ...trpc.mails.get.queryOptions({ id }),
    refetchInterval: ({ state }) => (state.data && moves(state.data.mail.status) ? WATCH_CLOSELY_MS : WATCH_MS),
  });
  return (
    <Loaded data={mail.data} error={shownError(mail.error)} onRetry={() => void mail.refetch()} lines={10}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
