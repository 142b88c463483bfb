'use client';
import { Button, Select, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryStates } from 'nuqs';
import type { TaxRow } from '../../server/views/invoices.ts';
import { lastMonth } from '../gl/gl-period.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import classes from './invoices.module.css';

/** Tax by jurisdiction of a period, and its file. */
export function TaxReport() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const month = lastMonth();
  const [period, setPeriod] = useQueryStates({
    from: parseAsString.withDefault(month.from),
    to: parseAsString.withDefault(month.to),
    merchant: parseAsString,
  });
  const { from, to, merchant } = period;
  const ready = from !== '' && to !== '' && from <= to;
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const report = useQuery({
    ...trpc.invoices.taxReport.queryOptions({ from, to, ...(merchant ? { merchantId: merchant } : {}) }),
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  const query = new URLSearchParams({ from, to, ...(merchant ? { merchant } : {}) });
  const some = ready && (report.data?.length ?? 0) > 0;
  return (
    <DetailLayout
      header={<PageHeader breadcrumbs={[{ label: t('invoices.title'), href: '/invoices' }]} title={t('invoices.taxReport')} />}
    >
      <Section title={t('invoices.byPlace')}>
        <p className={classes.text}>{t('invoices.taxText')}</p>
        <div className={classes.fields}>
          <TextInput
            type="date"
            label={t('invoices.from')}
            value={from}
            onChange={(event) => void setPeriod({ from: event.currentTarget.value })}
            required
          />
          <TextInput
            type="date"
            label={t('invoices.to')}
            value={to}
            error={ready || from === '' || to === '' ? undefined : t('invoices.endsFirst')}
            onChange={(event) => void setPeriod({ to: event.currentTarget.value })}
            required
          />
          {(merchants.data?.length ?? 0) > 1 && (
            <Select
              label={t('invoices.merchant')}
              placeholder={t('invoices.everyMerchant')}
              data={(merchants.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              value={merchant}
              onChange={(value) => void setPeriod({ merchant: value })}
              clearable
              clearButtonProps={{ 'aria-label': t('invoices.everyMerchant') }}
            />
          )}
          <Button
            {...(some
              ? { component: 'a' as const, href: `/api/exports/tax-report.csv?${query}`, download: true }
              : { disabled: true })}
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
          >
            {t('invoices.download')}
          </Button>
        </div>
        <Loaded data={ready ? report.data : []} error={shownError(report.error)} onRetry={() => void report.refetch()}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title={t('invoices.nothingTitle')} reason={t('invoices.nothing')} />
            ) : (
              <TaxTable rows={rows} />
            )
          }
        </Loaded>
      </Section>
    </DetailLayout>
  );
}

function TaxTable({ rows }: { rows: readonly TaxRow[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const several = new Set(rows.map((row) => row.merchantId)).size > 1;
  const money = (key: string, header: string, pick: (row: TaxRow) => bigint, card?: 'end'): Column<TaxRow> => ({
    key,
    header,
    right: true,
    ...(card ? { card } : {}),
    cell: (row) => <Money amountMinor={pick(row)} currency={row.currency} />,
  });
  const columns: Column<TaxRow>[] = [
    ...(several
      ? [{ key: 'merchant', header: t('invoices.merchant'), card: 'sub' as const, cell: (row: TaxRow) => row.merchantName }]
      : []),
    {
      key: 'place',
      header: t('invoices.country'),
      card: 'title',
      cell: (row) => [row.country, row.region].filter(Boolean).join(' '),
    },
    { key: 'rate', header: t('invoices.rate'), right: true, card: 'endSub', cell: (row) => format.percent(Number(row.taxRate)) },
    {
      key: 'documents',
      header: t('invoices.title'),
      cell: (row) =>
        [
          t('invoices.invoiceCount', { count: row.invoices }),
          ...(row.creditNotes > 0 ? [t('invoices.noteCount', { count: row.creditNotes })] : []),
        ].join(', '),
    },
    money('invoiced', t('invoices.invoiced'), (row) => row.invoicedNetMinor),
    money('credited', t('invoices.credited'), (row) => -row.creditedNetMinor),
    money('net', t('invoices.net'), (row) => row.netMinor),
    money('tax', t('invoices.tax'), (row) => row.taxMinor, 'end'),
  ];
  return (
    <DataTable
      embedded
      label={t('invoices.taxReport')}
      columns={columns}
      rows={rows}
      rowKey={(row) => [row.merchantId, row.currency, row.country, row.region, row.taxRate].join()}
      rowLabel={(row) => `${row.country} ${row.taxRate}`}
    />
  );
}
