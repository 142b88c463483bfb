'use client';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { INVOICE_KINDS } from '../../server/domains/invoices/rules.ts';
import type { InvoiceRow } from '../../server/views/invoices.ts';
import { listProps, oneOf } from '../list-page.ts';
import { usePowers } from '../powers.ts';
import { PrintLink } from '../print-link.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { signed } from './invoice-sums.ts';

const FILTERS = ['kind'] as const;

function useColumns(several: boolean): Column<InvoiceRow>[] {
  const { t } = useMessages();
  return [
    {
      key: 'number',
      header: t('invoices.number'),
      card: 'title',
      cell: (row) => <PrintLink kind="invoices" number={row.number} />,
    },
    { key: 'kind', header: t('invoices.what'), card: 'sub', cell: (row) => t(`invoices.kind.${row.kind}`) },
    { key: 'order', header: t('invoices.order'), card: 'endSub', cell: (row) => row.orderNumber },
    { key: 'buyer', header: t('invoices.buyer'), cell: (row) => row.buyerName || t('ui.unknown') },
    ...(several ? [{ key: 'merchant', header: t('invoices.merchant'), cell: (row: InvoiceRow) => row.merchantName }] : []),
    { key: 'country', header: t('invoices.country'), cell: (row) => [row.country, row.region].filter(Boolean).join(' ') },
    { key: 'issued', header: t('invoices.issued'), cell: (row) => <TimeAgo at={row.issuedAt} /> },
    {
      key: 'tax',
      header: t('invoices.tax'),
      right: true,
      cell: (row) => <Money amountMinor={signed(row.kind, row.taxMinor)} currency={row.currency} />,
    },
    {
      key: 'total',
      header: t('invoices.total'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={signed(row.kind, row.totalMinor)} currency={row.currency} />,
    },
  ];
}

/** Invoices and credit notes, newest first; each number opens its paper, each row its order. */
export function InvoiceList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const kind = oneOf(INVOICE_KINDS, url.filters.kind[0]);
  const input = { kind, q: url.q || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.invoices.list.queryOptions(input), placeholderData: keepPreviousData });
  const me = useQuery(trpc.auth.me.queryOptions());
  const powers = usePowers();
  return (
    <DataList
      {...listProps(list, url)}
      header={
        <PageHeader
          title={t('invoices.title')}
          {...(powers.may('invoices.taxReport')
            ? {
                secondary: (
                  <Button component={Link} href="/invoices/tax" variant="default">
                    {t('invoices.taxReport')}
                  </Button>
                ),
              }
            : {})}
        />
      }
      label={t('invoices.title')}
      columns={useColumns(me.data?.role !== 'merchant')}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.number}
      rowHref={(row) => `/orders/${row.orderNumber}`}
      views={[
        { key: 'all', label: t('invoices.all'), active: kind === undefined, onSelect: () => url.setFilters({}) },
        ...INVOICE_KINDS.map((value) => ({
          key: value,
          label: t(`invoices.kinds.${value}`),
          active: value === kind,
          onSelect: () => url.setFilters({ kind: [value] }),
        })),
      ]}
      search={{ value: url.q, label: t('invoices.search'), onChange: url.setQ }}
      empty={{ title: t('invoices.emptyTitle'), reason: t('invoices.empty') }}
    />
  );
}
