'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** What is shown of a hash: enough to compare with one that was noted. */
const SHOWN = 12;

/** The chain of seals: its end, how far it was verified, and what is not sealed yet. */
export function SealStatus({ refreshMs }: { refreshMs: number }) {
  const trpc = useTRPC();
  const { t } = useMessages();
  const format = useFormat();
  const status = useQuery({ ...trpc.integrity.seals.queryOptions(), refetchInterval: refreshMs });
  return (
    <Section title={t('integrity.seals.title')}>
      <Loaded data={status.data} error={shownError(status.error)} onRetry={() => void status.refetch()}>
        {({ head, verified, waiting, waitingSince }) => (
          <KeyValue
            items={[
              {
                label: t('integrity.seals.head'),
                value: head ? (
                  <>
                    {head.home} {format.number(Number(head.number))} · <TimeAgo at={head.sealedAt} />
                  </>
                ) : (
                  t('integrity.seals.none')
                ),
              },
              {
                label: t('integrity.seals.hash'),
                value: head ? (
                  <CopyText
                    value={`${head.number}:${head.hash}`}
                    shown={head.hash.slice(0, SHOWN)}
                    what={t('integrity.seals.hash')}
                    mono
                  />
                ) : (
                  t('ui.unknown')
                ),
              },
              {
                label: t('integrity.seals.verified'),
                value: verified ? (
                  <>
                    {t('integrity.seals.upTo', { number: format.number(Number(verified.number)) })} · <TimeAgo at={verified.at} />
                  </>
                ) : (
                  t('integrity.seals.never')
                ),
              },
              {
                label: t('integrity.seals.full'),
                value: verified?.fullAt ? <TimeAgo at={verified.fullAt} /> : t('integrity.seals.never'),
              },
              {
                label: t('integrity.seals.waiting'),
                value: waitingSince ? (
                  <>
                    {t('integrity.seals.rows', { count: waiting })} · <TimeAgo at={waitingSince} />
                  </>
                ) : (
                  t('integrity.seals.nothingWaits')
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
