'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { PAYMENT_STATES } from '../../server/kernel/vocabulary.ts';
import type { PaymentRow } from '../../server/views/payments.ts';
import { listProps, someOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useStatusOptions } from '../status-options.ts';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useMethodName } from './method-name.ts';

const FILTERS = ['status'] as const;

/** The columns that every list of payments starts with. */
export function usePaymentColumns(): Column<PaymentRow>[] {
  const { t } = useMessages();
  const methodName = useMethodName();
  return [
    { key: 'method', header: t('payments.payment'), cell: (p) => methodName(p), card: 'title' },
    { key: 'order', header: t('payments.order'), cell: (p) => p.orderNumber, card: 'endSub' },
    { key: 'status', header: t('payments.status'), cell: (p) => <StatusBadge kind="payment" value={p.status} />, card: 'sub' },
    { key: 'merchant', header: t('payments.merchant'), cell: (p) => p.merchantName },
    { key: 'created', header: t('payments.created'), cell: (p) => <TimeAgo at={p.createdAt} /> },
    {
      key: 'captured',
      header: t('payments.captured'),
      right: true,
      cell: (p) => <Money amountMinor={p.capturedMinor} currency={p.currency} />,
    },
    {
      key: 'refunded',
      header: t('payments.refunded'),
      right: true,
      cell: (p) => <Money amountMinor={p.refundedMinor} currency={p.currency} />,
    },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (p) => <Money amountMinor={p.amountMinor} currency={p.currency} />,
    },
  ];
}

/** All payments, newest first. */
export function PaymentList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const input = { status: someOf(PAYMENT_STATES, url.filters.status), after: url.after ?? undefined };
  const list = useQuery({ ...trpc.payments.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.payments.list.queryKey()] });
  const columns = usePaymentColumns();
  const options = useStatusOptions('payment', PAYMENT_STATES);
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('payments.title')} />}
      label={t('payments.title')}
      columns={columns}
      rowKey={(p) => p.id}
      rowLabel={(p) => p.orderNumber}
      rowHref={(p) => `/payments/${p.id}`}
      filters={[
        {
          key: 'status',
          label: t('payments.status'),
          options,
          values: url.filters.status,
          onChange: (values) => url.setFilter('status', values),
        },
      ]}
      empty={{ title: t('payments.emptyTitle'), reason: t('payments.empty') }}
    />
  );
}
