'use client';
import type { DisputeRow } from '../../server/views/disputes.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useCountdown } from '../ui/undo.tsx';
import classes from './disputes.module.css';

const HOUR_S = 3_600;
/** From here on it is pressing. */
const SOON_S = 48 * HOUR_S;

/** How much time is left to answer: days, then hours and minutes; over is over. */
function Countdown({ until }: { until: Date }) {
  const { t } = useMessages();
  const left = useCountdown(until);
  if (left <= 0) return <span className={classes.over}>{t('disputes.over')}</span>;
  const [days, hours, minutes] = [Math.floor(left / 86_400), Math.floor(left / HOUR_S), Math.floor((left % HOUR_S) / 60)];
  const text = days >= 2 ? t('disputes.daysLeft', { count: days }) : t('disputes.hoursLeft', { hours, minutes });
  return <span className={left < SOON_S ? classes.soon : undefined}>{text}</span>;
}

/** Until when a dispute may be answered, while it may. */
export function Deadline({ dispute }: { dispute: Pick<DisputeRow, 'status' | 'evidenceDueAt'> }) {
  const { t } = useMessages();
  const format = useFormat();
  const { status, evidenceDueAt } = dispute;
  if (!evidenceDueAt || (status !== 'inquiry' && status !== 'open')) return <>{t('ui.unknown')}</>;
  return (
    <time dateTime={evidenceDueAt.toISOString()} title={format.day(evidenceDueAt.toISOString().slice(0, 10))}>
      <Countdown until={evidenceDueAt} />
    </time>
  );
}
