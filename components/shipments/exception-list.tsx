'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ExceptionRow } from '../../server/views/exceptions.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

function useColumns(): Column<ExceptionRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('shipments.number'), cell: (s) => s.number, card: 'title' },
    { key: 'status', header: t('shipments.status'), cell: (s) => <StatusBadge kind="shipment" value={s.status} />, card: 'sub' },
    { key: 'order', header: t('shipments.order'), cell: (s) => s.orderNumber, card: 'end' },
    { key: 'customer', header: t('orders.customer'), cell: (s) => s.customerName ?? t('ui.unknown') },
    { key: 'said', header: t('parcels.said'), cell: (s) => s.detail ?? t('ui.unknown') },
    {
      key: 'claim',
      header: t('parcels.claimHead'),
      cell: (s) => (s.claimStatus ? <StatusBadge kind="claim" value={s.claimStatus} /> : t('ui.unknown')),
    },
    { key: 'created', header: t('shipments.created'), cell: (s) => <TimeAgo at={s.createdAt} />, card: 'endSub' },
    {
      key: 'value',
      header: t('orders.value'),
      right: true,
      cell: (s) => <Money amountMinor={s.valueMinor} currency={s.currency} />,
    },
  ];
}

/** Parcels that are lost, damaged, held up or come back, until somebody has decided about each. */
export function ExceptionList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: [], defaultSort: '' });
  const list = useQuery({
    ...trpc.parcels.exceptions.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.parcels.exceptions.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('parcels.exceptions')} />}
      label={t('parcels.exceptions')}
      columns={useColumns()}
      rowKey={(s) => s.id}
      rowLabel={(s) => s.number}
      rowHref={(s) => `/shipments/${s.number}`}
      empty={{ title: t('parcels.exceptionsEmptyTitle'), reason: t('parcels.exceptionsEmpty') }}
    />
  );
}
