'use client';
import { useQuery } from '@tanstack/react-query';
import type { Tracking } from '../../server/views/track.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Mark, PRODUCT_NAME } from '../ui/brand.tsx';
import { NarrowLayout, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { Arrives, LineProgress, Parcels } from './parcels.tsx';
import { PickupPlace } from './pickup.tsx';
import { ProgressSteps } from './progress-steps.tsx';
import classes from './track.module.css';

/** People leave this page open on a phone; parcels do not move faster. */
const REFRESH_MS = 30_000;

function Body({ tracking }: { tracking: Tracking }) {
  const { t } = useMessages();
  const format = useFormat();
  const header = (
    <PageHeader
      title={t('track.order', { number: tracking.number })}
      badges={<StatusBadge kind="order" value={tracking.status} />}
      sub={
        <>
          {t('track.from', { merchant: tracking.merchantName })} · <TimeAgo at={tracking.placedAt} />
          <Arrives from={tracking.promisedFrom} by={tracking.promisedBy} lines={tracking.lines} />
        </>
      }
    />
  );
  return (
    <NarrowLayout header={header}>
      {tracking.pickup ? (
        <PickupPlace pickup={tracking.pickup} />
      ) : (
        <>
          <ProgressSteps lines={tracking.lines} />
          <Parcels parcels={tracking.parcels} lines={tracking.lines} />
        </>
      )}
      {tracking.later.length > 0 && (
        <Section title={t('backorders.waiting.title')}>
          <ul className={classes.list}>
            {tracking.later.map((one, index) => (
              <li key={index} className={classes.line}>
                <span>
                  {one.units} × {one.name}
                </span>
                <span>{t('backorders.waiting.expected', { day: format.day(one.promisedOn) })}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t('track.items')}>
        <ul className={classes.list}>
          {tracking.lines.map((line, index) => (
            <li key={index} className={classes.line}>
              <span>
                {line.quantity} × {line.name}
              </span>
              <LineProgress line={line} />
            </li>
          ))}
        </ul>
      </Section>
    </NarrowLayout>
  );
}

/** The public page behind a tracking link; the token in it is the permission. */
export function TrackingPage({ token }: { token: string }) {
  const trpc = useTRPC();
  const tracking = useQuery({ ...trpc.tracking.get.queryOptions({ token }), refetchInterval: REFRESH_MS });
  return (
    <main className={classes.public}>
      <div className={classes.brand}>
        <Mark />
        {PRODUCT_NAME}
      </div>
      <Loaded data={tracking.data} error={shownError(tracking.error)} onRetry={() => void tracking.refetch()} lines={8}>
        {(found) => <Body tracking={found} />}
      </Loaded>
    </main>
  );
}
