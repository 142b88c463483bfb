'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EndingMonth, LiabilityMonth, LiabilityReport, LiabilityRow } from '../../server/views/liabilities.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import classes from './gift-cards.module.css';
import { liabilitiesCsv } from './liabilities-csv.ts';

const MOVED = ['issued', 'redeemed', 'returned', 'withdrawn', 'expired'] as const;

function useMovedColumns<
  R extends Record<`${(typeof MOVED)[number]}Minor`, bigint> & { readonly currency: string },
>(): Column<R>[] {
  const { t } = useMessages();
  return MOVED.map((what) => ({
    key: what,
    header: t(`giftCards.liabilities.${what}`),
    right: true,
    cell: (row: R) => (
      <span className={row[`${what}Minor`] === 0n ? classes.nothing : undefined}>
        <Money amountMinor={row[`${what}Minor`]} currency={row.currency} withCode />
      </span>
    ),
  }));
}

function Owed({ rows }: { rows: readonly LiabilityRow[] }) {
  const { t, word } = useMessages();
  const moved = useMovedColumns<LiabilityRow>();
  const columns: Column<LiabilityRow>[] = [
    { key: 'merchant', header: t('giftCards.merchant'), cell: (row) => row.merchantName, card: 'title' },
    { key: 'kind', header: t('giftCards.liabilities.kind'), cell: (row) => word('payments.methods', row.kind), card: 'sub' },
    {
      key: 'outstanding',
      header: t('giftCards.liabilities.outstanding'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.outstandingMinor} currency={row.currency} withCode />,
    },
    {
      key: 'held',
      header: t('giftCards.held'),
      right: true,
      cell: (row) => <Money amountMinor={row.heldMinor} currency={row.currency} withCode />,
    },
    ...moved,
  ];
  return (
    <Section title={t('giftCards.liabilities.now')}>
      <DataTable
        embedded
        label={t('giftCards.liabilities.now')}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.merchantId}${row.kind}${row.currency}`}
        rowLabel={(row) => row.merchantName}
      />
    </Section>
  );
}

/** By how much more is owed after a month than before it. */
const changeOf = (month: LiabilityMonth): bigint =>
  month.issuedMinor + month.returnedMinor - month.redeemedMinor - month.withdrawnMinor - month.expiredMinor;

function Months({ months, names }: { months: readonly LiabilityMonth[]; names: ReadonlyMap<string, string> }) {
  const { t, word } = useMessages();
  const moved = useMovedColumns<LiabilityMonth>();
  const columns: Column<LiabilityMonth>[] = [
    { key: 'month', header: t('giftCards.liabilities.month'), cell: (row) => row.month, card: 'title' },
    {
      key: 'merchant',
      header: t('giftCards.merchant'),
      cell: (row) => names.get(row.merchantId) ?? t('ui.unknown'),
      card: 'endSub',
    },
    { key: 'kind', header: t('giftCards.liabilities.kind'), cell: (row) => word('payments.methods', row.kind), card: 'sub' },
    {
      key: 'change',
      header: t('giftCards.liabilities.change'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={changeOf(row)} currency={row.currency} withCode />,
    },
    ...moved,
  ];
  return (
    <Section title={t('giftCards.liabilities.months')}>
      <DataTable
        embedded
        label={t('giftCards.liabilities.months')}
        columns={columns}
        rows={months}
        rowKey={(row) => `${row.month}${row.merchantId}${row.kind}${row.currency}`}
        rowLabel={(row) => row.month}
      />
    </Section>
  );
}

function Endings({ endings, names }: { endings: readonly EndingMonth[]; names: ReadonlyMap<string, string> }) {
  const { t } = useMessages();
  if (endings.length === 0) return null;
  const columns: Column<EndingMonth>[] = [
    { key: 'month', header: t('giftCards.liabilities.month'), cell: (row) => row.month ?? t('giftCards.never'), card: 'title' },
    {
      key: 'merchant',
      header: t('giftCards.merchant'),
      cell: (row) => names.get(row.merchantId) ?? t('ui.unknown'),
      card: 'sub',
    },
    { key: 'cards', header: t('giftCards.liabilities.cards'), right: true, cell: (row) => row.cards },
    {
      key: 'outstanding',
      header: t('giftCards.liabilities.outstanding'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.outstandingMinor} currency={row.currency} withCode />,
    },
  ];
  return (
    <Section title={t('giftCards.liabilities.endings')}>
      <DataTable
        embedded
        label={t('giftCards.liabilities.endings')}
        columns={columns}
        rows={endings}
        rowKey={(row) => `${row.month}${row.merchantId}${row.currency}`}
        rowLabel={(row) => row.month ?? t('giftCards.never')}
      />
    </Section>
  );
}

function download(report: LiabilityReport): void {
  const url = URL.createObjectURL(new Blob([liabilitiesCsv(report)], { type: 'text/csv;charset=utf-8' }));
  Object.assign(document.createElement('a'), { href: url, download: 'liabilities.csv' }).click();
  URL.revokeObjectURL(url);
}

/** What merchants owe by gift cards and store credit: now, by month, and when cards end. */
export function Liabilities() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const report = useQuery(trpc.giftCards.liabilities.queryOptions());
  const { data } = report;
  const names = new Map(data?.rows.map((row) => [row.merchantId, row.merchantName]));
  return (
    <DetailLayout
      header={
        <PageHeader
          breadcrumbs={[{ label: t('giftCards.title'), href: '/gift-cards' }]}
          title={t('giftCards.liabilities.title')}
          secondary={
            data &&
            data.rows.length > 0 && (
              <Button variant="default" size="xs" onClick={() => download(data)}>
                {t('giftCards.liabilities.csv')}
              </Button>
            )
          }
        />
      }
    >
      <Loaded data={data} error={shownError(report.error)} onRetry={() => void report.refetch()} lines={8}>
        {(found) =>
          found.rows.length === 0 ? (
            <EmptyState title={t('giftCards.liabilities.noneTitle')} reason={t('giftCards.liabilities.none')} />
          ) : (
            <>
              <Owed rows={found.rows} />
              <Months months={found.months} names={names} />
              <Endings endings={found.endings} names={names} />
            </>
          )
        }
      </Loaded>
    </DetailLayout>
  );
}
