'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { WATCH_MS } from './mail-words.ts';
import classes from './mails.module.css';

/** What the demo's mail server really received, headers and all: that this went over SMTP, and how often. */
export function CaughtMails({ id }: { id: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const caught = useQuery({ ...trpc.mails.caught.queryOptions({ id }), refetchInterval: WATCH_MS });
  return (
    <Loaded data={caught.data} error={shownError(caught.error)} onRetry={() => void caught.refetch()} lines={6}>
      {(mails) =>
        mails.length === 0 ? (
          <EmptyState title={t('mails.caught.noneTitle')} reason={t('mails.caught.none')} />
        ) : (
          mails.map((mail) => (
            <Section key={`${mail.messageId}${mail.at.getTime()}`} title={t('mails.caught.title')} count={mails.length}>
              <KeyValue
                items={[
                  { label: t('mails.caught.at'), value: <TimeAgo at={mail.at} exact /> },
                  { label: t('mails.caught.from'), value: mail.from },
                  { label: t('mails.to'), value: mail.to },
                  { label: t('mails.caught.size'), value: t('mails.caught.bytes', { size: format.number(mail.size) }) },
                ]}
              />
              <pre className={classes.text}>{mail.headers.map(({ name, value }) => `${name}: ${value}`).join('\n')}</pre>
            </Section>
          ))
        )
      }
    </Loaded>
  );
}
