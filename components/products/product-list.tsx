'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ProductRow } from '../../server/views/products.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { CreateProductDialog } from './product-dialogs.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'active', 'inactive'] as const;

function useColumns(): Column<ProductRow>[] {
  const { t } = useMessages();
  const format = useFormat();
  return [
    { key: 'code', header: t('products.code'), cell: (row) => <span className="wb-mono">{row.code}</span>, card: 'title' },
    { key: 'name', header: t('products.name'), cell: (row) => row.name, card: 'sub' },
    { key: 'merchant', header: t('products.merchant'), cell: (row) => row.merchantName },
    {
      key: 'active',
      header: t('products.active'),
      cell: (row) => <StatusBadge kind="active" value={row.active ? 'on' : 'off'} />,
      card: 'endSub',
    },
    { key: 'updated', header: t('products.updated'), cell: (row) => <TimeAgo at={row.updatedAt} /> },
    {
      key: 'available',
      header: t('products.available'),
      right: true,
      cell: (row) => (row.stocked ? <Quantity value={row.available} /> : t('products.notStocked')),
    },
    {
      key: 'price',
      header: t('products.price'),
      right: true,
      card: 'end',
      cell: (row) => <span className="wb-number">{format.price(row.price, row.currency)}</span>,
    },
  ];
}

/** The list's title with what can be added to it. */
function Header() {
  const { t } = useMessages();
  const powers = usePowers();
  const overlay = useOverlay(['create', 'import']);
  return (
    <>
      <PageHeader
        title={t('products.title')}
        secondary={
          powers.may('products.importFile') && (
            <ActionButton variant="default" label={t('actions.product.import')} onClick={() => overlay.show('import')} />
          )
        }
        primary={
          powers.may('products.create') && (
            <ActionButton label={t('actions.product.create')} keys="c" onClick={() => overlay.show('create')} />
          )
        }
      />
      {overlay.open === 'create' && powers.may('products.create') && <CreateProductDialog onClose={overlay.close} />}
      {overlay.open === 'import' && powers.may('products.importFile') && <ImportDialog onClose={overlay.close} />}
    </>
  );
}

/** The catalogue by code. */
export function ProductList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const active = current === 'all' ? undefined : current === 'active';
  const input = { q: url.q || undefined, active, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.products.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku'], { queryKeys: [trpc.products.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<Header />}
      label={t('products.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.code}
      rowHref={(row) => `/products/${encodeURIComponent(row.code)}?merchant=${row.merchantId}`}
      search={{ value: url.q, label: t('products.search'), onChange: url.setQ }}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`products.views.${view}`),
        active: view === current,
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('products.emptyTitle'), reason: t('products.empty') }}
    />
  );
}
