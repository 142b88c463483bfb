'use client';
import type { MailAttempt } from '../../server/views/mails.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './mails.module.css';

/** What the mail server said each time, newest first. */
export function MailAttempts({ attempts }: { attempts: readonly MailAttempt[] }) {
  const { t } = useMessages();
  return (
    <Section title={t('mails.attempts')} count={attempts.length}>
      {attempts.length === 0 && <span className={classes.answer}>{t('mails.noAttempts')}</span>}
      <ol className={classes.lines}>
        {attempts.map((one) => (
          <li key={one.attempt} className={classes.line}>
            <StatusBadge kind="mailAttempt" value={one.outcome ?? 'running'} />
            <span className={classes.end}>
              <TimeAgo at={one.startedAt} />
            </span>
            {one.answer && <code className={`${classes.answer} ${classes.wide}`}>{one.answer}</code>}
          </li>
        ))}
      </ol>
    </Section>
  );
}
