'use client';
import { useQuery } from '@tanstack/react-query';
import type { RefundSum } from '../../server/views/homes.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';

function OpenRefunds({ refunds }: { refunds: readonly RefundSum[] }) {
  const { t } = useMessages();
  const columns: Column<RefundSum>[] = [
    { key: 'status', header: t('orders.status'), cell: (row) => <StatusBadge kind="refund" value={row.status} /> },
    { key: 'count', header: t('home.refunds'), cell: (row) => t('home.refundCount', { count: row.count }) },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} withCode />,
    },
  ];
  return (
    <Section title={t('home.refunds')}>
      {refunds.length === 0 ? (
        <EmptyState compact title={t('home.refunds')} reason={t('home.noRefunds')} />
      ) : (
        <DataTable
          embedded
          label={t('home.refunds')}
          columns={columns}
          rows={refunds}
          rowKey={(row) => row.status + row.currency}
          rowLabel={(row) => row.status}
          rowHref={(row) => `/refunds?status=${row.status}`}
        />
      )}
    </Section>
  );
}

/** What finance starts with: payments in doubt, approvals, refunds that are not finished. */
export function FinanceHome() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const home = useQuery(trpc.home.finance.queryOptions());
  useLive(['order', 'approval'], { queryKeys: [trpc.home.finance.queryKey()] });
  return (
    <Loaded data={home.data} error={shownError(home.error)} onRetry={() => void home.refetch()}>
      {({ inDoubt, approvals, refunds }) => (
        <>
          <StatGrid>
            <StatCard label={t('home.inDoubt')} value={format.count(inDoubt)} href="/payments/in-doubt" />
            <StatCard label={t('home.approvals')} value={format.count(approvals)} href="/approvals" />
          </StatGrid>
          <OpenRefunds refunds={refunds} />
        </>
      )}
    </Loaded>
  );
}
