'use client';
import { useQuery } from '@tanstack/react-query';
import { shortId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { TransferTable } from './transfer-table.tsx';

/** A journal: transfers that were posted together or not at all. */
export function JournalDetail({ id }: { id: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const journal = useQuery(trpc.ledger.journal.queryOptions({ id }));
  return (
    <Loaded data={journal.data} error={shownError(journal.error)} onRetry={() => void journal.refetch()} lines={6}>
      {({ transfers, at }) => (
        <DetailLayout
          header={
            <PageHeader
              breadcrumbs={[{ label: t('ledger.title'), href: '/ledger' }]}
              title={`${t('ledger.journal')} ${shortId(id)}`}
              sub={<TimeAgo at={at} />}
            />
          }
        >
          <Section title={t('ledger.transfers')} count={transfers.length}>
            <TransferTable rows={transfers} label={t('ledger.transfers')} />
          </Section>
        </DetailLayout>
      )}
    </Loaded>
  );
}
