'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { DeliverySection } from './delivery-section.tsx';
import { JobSection } from './job-section.tsx';
import { SagaSection } from './saga-section.tsx';

/** Jobs move all the time; this is how old a figure may be. */
const REFRESH_MS = 5_000;

/** What waits for a person first: stuck sagas and dead letters; then what runs and what will. */
export function JobsPage() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const counts = useQuery({ ...trpc.jobs.counts.queryOptions(), refetchInterval: REFRESH_MS });
  return (
    <DetailLayout header={<PageHeader title={t('jobs.title')} />}>
      <Loaded data={counts.data} error={shownError(counts.error)} onRetry={() => void counts.refetch()}>
        {({ jobs, sagas }) => (
          <>
            <SagaSection counts={sagas} refreshMs={REFRESH_MS} />
            <JobSection counts={jobs} refreshMs={REFRESH_MS} />
            <DeliverySection refreshMs={REFRESH_MS} />
          </>
        )}
      </Loaded>
    </DetailLayout>
  );
}
