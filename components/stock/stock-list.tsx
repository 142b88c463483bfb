'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { StockRow } from '../../server/views/stock.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { AdjustManyDialog } from './adjust-many-dialog.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'attention'] as const;

function useColumns(): Column<StockRow>[] {
  const { t } = useMessages();
  const figure = (
    key: 'onHand' | 'allocated' | 'sellable' | 'promised' | 'available' | 'shortfall',
    card?: 'end',
  ): Column<StockRow> => ({
    key,
    header: t(`stock.${key}`),
    right: true,
    card,
    cell: (row) => <Quantity value={row[key]} />,
  });
  return [
    { key: 'code', header: t('stock.sku'), cell: (row) => <span className="wb-mono">{row.code}</span>, card: 'title' },
    { key: 'name', header: t('stock.name'), cell: (row) => row.name, card: 'sub' },
    { key: 'merchant', header: t('stock.merchant'), cell: (row) => row.merchantName },
    { key: 'nodes', header: t('stock.nodes'), right: true, cell: (row) => <Quantity value={row.nodes} /> },
    figure('onHand'),
    figure('allocated'),
    figure('sellable'),
    figure('promised'),
    figure('shortfall'),
    figure('available', 'end'),
  ];
}

/** Stock by SKU with its totals. */
export function StockList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['adjust']);
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const input = { q: url.q || undefined, attention: current === 'attention' || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.stock.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku', 'order'], { queryKeys: [trpc.stock.list.queryKey()] });
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('stock.title')}
            primary={
              powers.may('stock.adjustRows') && (
                <ActionButton label={t('stockWork.bulk.button')} keys="a" onClick={() => overlay.show('adjust')} />
              )
            }
          />
        }
        label={t('stock.title')}
        columns={useColumns()}
        rowKey={(row) => row.skuId}
        rowLabel={(row) => row.code}
        rowHref={(row) => `/stock/${encodeURIComponent(row.code)}?merchant=${row.merchantId}`}
        search={{ value: url.q, label: t('stock.search'), onChange: url.setQ }}
        views={VIEWS.map((view) => ({
          key: view,
          label: t(`stock.views.${view}`),
          active: view === current,
          onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
        }))}
        empty={{ title: t('stock.emptyTitle'), reason: t('stock.empty') }}
      />
      {overlay.open === 'adjust' && powers.may('stock.adjustRows') && <AdjustManyDialog onClose={overlay.close} />}
    </>
  );
}
