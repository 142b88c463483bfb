'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InDoubtRow } from '../../server/views/payments.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useMethodName } from './method-name.ts';

const FILTERS = [] as const;

function useColumns(): Column<InDoubtRow>[] {
  const { t } = useMessages();
  const methodName = useMethodName();
  return [
    { key: 'method', header: t('payments.payment'), cell: (p) => methodName(p), card: 'title' },
    { key: 'order', header: t('payments.order'), cell: (p) => p.orderNumber, card: 'endSub' },
    { key: 'status', header: t('payments.status'), cell: (p) => <StatusBadge kind="payment" value={p.status} />, card: 'sub' },
    {
      key: 'attempt',
      header: t('payments.attempt'),
      cell: (p) => (p.operationKind ? t(`orders.attempt.${p.operationKind}`) : t('ui.unknown')),
    },
    { key: 'calls', header: t('payments.calls'), right: true, cell: (p) => <Quantity value={p.operationCalls} /> },
    { key: 'since', header: t('payments.since'), cell: (p) => <TimeAgo at={p.operationSince} /> },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (p) => <Money amountMinor={p.operationAmountMinor} currency={p.currency} />,
    },
  ];
}

/** Payments whose last attempt got no answer, oldest first. */
export function InDoubtList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const list = useQuery({
    ...trpc.payments.inDoubt.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.payments.inDoubt.queryKey()] });
  const breadcrumbs = [{ label: t('payments.title'), href: '/payments' }];
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('payments.inDoubt')} sub={t('payments.inDoubtSub')} breadcrumbs={breadcrumbs} />}
      label={t('payments.inDoubt')}
      columns={useColumns()}
      rowKey={(p) => p.id}
      rowLabel={(p) => p.orderNumber}
      rowHref={(p) => `/payments/${p.id}`}
      empty={{ title: t('payments.noDoubtTitle'), reason: t('payments.noDoubt') }}
    />
  );
}
