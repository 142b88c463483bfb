'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { WALLET_TIERS } from '../../server/domains/wallet/schema.ts';
import type { WalletRow } from '../../server/views/wallets.ts';
import { useCustomerName } from '../customers/customer-list.tsx';
import { listProps, oneOf } from '../list-page.ts';
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

const FILTERS = ['view', 'tier', 'currency'] as const;
const VIEWS = ['all', 'frozen', 'negative', 'closed'] as const;
/** Those that wallets are offered in at first; another one is found by its address. */
const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'JPY'];

function useColumns(): Column<WalletRow>[] {
  const { t } = useMessages();
  const name = useCustomerName();
  return [
    {
      key: 'customer',
      header: t('wallets.customer'),
      cell: (row) => name({ id: row.customerId, name: row.customerName, email: row.email }),
      card: 'title',
    },
    { key: 'email', header: t('wallets.email'), cell: (row) => row.email ?? t('ui.unknown') },
    { key: 'handle', header: t('wallets.handle'), cell: (row) => (row.handle ? `@${row.handle}` : t('ui.unknown')) },
    { key: 'status', header: t('wallets.status'), cell: (row) => <StatusBadge kind="wallet" value={row.status} />, card: 'sub' },
    { key: 'tier', header: t('wallets.tier'), cell: (row) => t(`wallet.tiers.${row.tier}`) },
    { key: 'opened', header: t('wallets.opened'), cell: (row) => <TimeAgo at={row.openedAt} />, card: 'endSub' },
    {
      key: 'balance',
      header: t('wallets.balance'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.balanceMinor} currency={row.currency} withCode />,
    },
  ];
}

/** Customers' wallets, newest first. */
export function WalletList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const name = useCustomerName();
  const view = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const input = {
    q: url.q || undefined,
    status: view === 'frozen' || view === 'closed' ? view : undefined,
    negative: view === 'negative' || undefined,
    tier: oneOf(WALLET_TIERS, url.filters.tier[0]),
    currency: oneOf(CURRENCIES, url.filters.currency[0]),
    after: url.after ?? undefined,
  };
  const list = useQuery({ ...trpc.wallets.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['wallet'], { queryKeys: [trpc.wallets.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('wallets.title')} />}
      label={t('wallets.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => name({ id: row.customerId, name: row.customerName, email: row.email })}
      rowHref={(row) => `/wallets/${row.id}`}
      views={VIEWS.map((value) => ({
        key: value,
        label: t(`wallets.views.${value}`),
        active: value === view,
        onSelect: () => url.setFilters(value === 'all' ? {} : { view: [value] }),
      }))}
      search={{ value: url.q, label: t('wallets.search'), onChange: url.setQ }}
      filters={[
        {
          key: 'tier',
          label: t('wallets.tier'),
          options: WALLET_TIERS.map((value) => ({ value, label: t(`wallet.tiers.${value}`) })),
          values: url.filters.tier,
          onChange: (values) => url.setFilter('tier', values),
        },
        {
          key: 'currency',
          label: t('wallets.currency'),
          options: CURRENCIES.map((value) => ({ value, label: value })),
          values: url.filters.currency,
          onChange: (values) => url.setFilter('currency', values),
        },
      ]}
      empty={{ title: t('wallets.emptyTitle'), reason: t('wallets.empty') }}
    />
  );
}
