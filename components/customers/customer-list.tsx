'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { shortId } from '../../server/kernel/ids.ts';
import type { CustomerRow } from '../../server/views/customers.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'registered', 'guests'] as const;

/** What a customer is called: their name, else their address, else the end of their id. */
export function useCustomerName() {
  const { t } = useMessages();
  return (customer: { readonly id: string; readonly name: string | null; readonly email: string | null }) =>
    customer.name ?? customer.email ?? t('customers.unnamed', { id: shortId(customer.id) });
}

function useColumns(): Column<CustomerRow>[] {
  const { t } = useMessages();
  const format = useFormat();
  const name = useCustomerName();
  return [
    { key: 'name', header: t('customers.name'), cell: name, card: 'title' },
    { key: 'email', header: t('customers.email'), cell: (row) => row.email ?? t('ui.unknown'), card: 'sub' },
    { key: 'phone', header: t('customers.phone'), cell: (row) => row.phone ?? t('ui.unknown') },
    { key: 'country', header: t('customers.country'), cell: (row) => row.country ?? t('ui.unknown') },
    { key: 'kind', header: t('customers.kind'), cell: (row) => t(row.guest ? 'customers.guest' : 'customers.registered') },
    { key: 'last', header: t('customers.lastOrder'), cell: (row) => <TimeAgo at={row.lastOrderAt} />, card: 'endSub' },
    {
      key: 'orders',
      header: t('customers.orders'),
      right: true,
      card: 'end',
      cell: (row) => <span className="wb-number">{format.count(row.orders)}</span>,
    },
  ];
}

/** Customers, newest first. */
export function CustomerList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const name = useCustomerName();
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const guest = current === 'all' ? undefined : current === 'guests';
  const input = { q: url.q || undefined, guest, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.customers.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['customer'], { queryKeys: [trpc.customers.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('customers.title')} />}
      label={t('customers.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={name}
      rowHref={(row) => `/customers/${row.id}`}
      search={{ value: url.q, label: t('customers.search'), onChange: url.setQ }}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`customers.views.${view}`),
        active: view === current,
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('customers.emptyTitle'), reason: t('customers.empty') }}
    />
  );
}
