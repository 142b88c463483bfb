'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { LedgerSum, PaymentSum, RefundSum } from '../../server/views/homes.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { BarList } from '../ui/bar-list.tsx';
import { Bar } from '../ui/bars.tsx';
import { ChartColumns } from '../ui/chart-figure.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { lookOf } from '../ui/status.ts';

/** Where the money of the last weeks is. Amounts of several currencies have no common length: bars are counts. */
function Payments({ payments }: { payments: readonly PaymentSum[] }) {
  const { t } = useMessages();
  const byStatus = [...Map.groupBy(payments, (row) => row.status)]
    .map(([status, rows]) => ({ status, rows, count: rows.reduce((sum, row) => sum + row.count, 0) }))
    .sort((a, b) => b.count - a.count);
  return (
    <Section title={t('home.payments')} actions={<Link href="/payments">{t('home.showAll')}</Link>}>
      {byStatus.length === 0 ? (
        <EmptyState compact title={t('home.payments')} reason={t('home.noPayments')} />
      ) : (
        <BarList
          label={t('home.payments')}
          rows={byStatus.map(({ status, rows, count }) => ({
            key: status,
            label: <StatusBadge kind="payment" value={status} />,
            tone: lookOf('payment', status).tone,
            size: count,
            value: (
              <>
                <Quantity value={count} />
                {rows.map((row) => (
                  <span key={row.currency}>
                    {' · '}
                    <Money amountMinor={row.amountMinor} currency={row.currency} />
                  </span>
                ))}
              </>
            ),
            href: `/payments?status=${status}`,
          }))}
        />
      )}
    </Section>
  );
}

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
    <Section title={t('home.refunds')} actions={<Link href="/refunds">{t('home.showAll')}</Link>}>
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

/** Per currency, whether what was debited was credited, with both sums: one line instead of the whole trial balance. */
function Ledger({ sums }: { sums: readonly LedgerSum[] }) {
  const { t } = useMessages();
  const unbalanced = sums.filter((sum) => sum.debitsMinor !== sum.creditsMinor);
  const money = (key: 'debitsMinor' | 'creditsMinor' | 'pendingMinor', header: string): Column<LedgerSum> => ({
    key,
    header,
    right: true,
    cell: (row) => <Money amountMinor={row[key]} currency={row.currency} />,
  });
  const columns: Column<LedgerSum>[] = [
    { key: 'currency', header: t('home.currency'), cell: (row) => row.currency, card: 'title' },
    {
      key: 'balanced',
      header: t('home.balance'),
      card: 'end',
      cell: (row) => <StatusBadge kind="check" value={row.debitsMinor === row.creditsMinor ? 'ok' : 'failing'} />,
    },
    { key: 'accounts', header: t('ledger.count'), right: true, wideOnly: true, cell: (row) => <Quantity value={row.accounts} /> },
    { ...money('debitsMinor', t('ledger.debits')), card: 'sub' },
    { ...money('creditsMinor', t('ledger.credits')), card: 'endSub' },
    { ...money('pendingMinor', t('ledger.pendingDebits')), wideOnly: true },
  ];
  return (
    <Section title={t('home.ledger')} actions={<Link href="/ledger">{t('home.openLedger')}</Link>}>
      {sums.length === 0 ? (
        <EmptyState compact title={t('ledger.emptyTitle')} reason={t('ledger.empty')} />
      ) : (
        <>
          {unbalanced.length > 0 ? (
            <Bar tone="blocked" title={t('ledger.unbalanced')}>
              {unbalanced.map((sum) => sum.currency).join(', ')}
            </Bar>
          ) : (
            <Bar tone="done" title={t('ledger.balanced')}>
              {t('home.balancedText', { count: sums.length })}
            </Bar>
          )}
          <DataTable
            embedded
            label={t('home.ledger')}
            columns={columns}
            rows={sums}
            rowKey={(row) => row.currency}
            rowLabel={(row) => row.currency}
            rowHref={() => '/ledger'}
          />
        </>
      )}
    </Section>
  );
}

/** What finance starts with: payments in doubt, approvals, where the money is, refunds that are not finished, whether the books balance. */
export function FinanceHome() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const home = useQuery(trpc.home.finance.queryOptions());
  useLive(['order', 'approval', 'reconciliation'], { queryKeys: [trpc.home.finance.queryKey()] });
  const total = (rows: readonly { readonly count: number }[]) => rows.reduce((sum, row) => sum + row.count, 0);
  return (
    <Loaded data={home.data} error={shownError(home.error)} onRetry={() => void home.refetch()} lines={8}>
      {({ inDoubt, approvals, differences, payments, refunds, ledger }) => (
        <>
          <StatGrid>
            <StatCard label={t('home.inDoubt')} value={format.count(inDoubt)} href="/payments/in-doubt" />
            <StatCard label={t('home.approvals')} value={format.count(approvals)} href="/approvals" />
            <StatCard label={t('home.differences')} value={format.count(differences)} href="/reconciliation" />
            <StatCard label={t('home.refunds')} value={format.number(total(refunds))} href="/refunds" />
          </StatGrid>
          <Ledger sums={ledger} />
          <ChartColumns>
            <Payments payments={payments} />
            <OpenRefunds refunds={refunds} />
          </ChartColumns>
        </>
      )}
    </Loaded>
  );
}
