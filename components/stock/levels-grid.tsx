'use client';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useEffect, useRef, useState } from 'react';
import type { LEVEL_SORTS, LEVEL_VIEWS, LevelRow, LevelsPage } from '../../server/views/levels.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { LevelsFileDialog } from '../stock-files/merchant-file-dialogs.tsx';
import { useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import type { ListFilter } from '../ui/list-toolbar.tsx';
import { type ListUrl, useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { AdjustDialog } from './adjust-dialog.tsx';
import { AdjustManyDialog } from './adjust-many-dialog.tsx';
import { AvailableCard, MarksLegend, NodeLevel, SkuCell, Total, TotalLevel } from './level-cell.tsx';
import { useNodes } from './lines-field.tsx';

const FILTERS = ['view', 'node', 'merchant'] as const;
const VIEWS = ['attention', 'short', 'none', 'low', 'backordered'] as const satisfies typeof LEVEL_VIEWS;
const SORTS = ['code', '-code'] as const satisfies typeof LEVEL_SORTS;
type Url = ListUrl<(typeof FILTERS)[number]>;

const hrefOf = (row: LevelRow) => `/stock/${encodeURIComponent(row.code)}?merchant=${row.merchantId}`;

function useColumns(page: LevelsPage | undefined, onAdjust?: (row: LevelRow, nodeId: string) => void): Column<LevelRow>[] {
  const { t } = useMessages();
  const merchants = new Set(page?.items.map((row) => row.merchantId));
  const merchant: Column<LevelRow> = { key: 'merchant', header: t('stock.merchant'), cell: (row) => row.merchantName };
  return [
    {
      key: 'code',
      header: t('stock.sku'),
      sort: 'code',
      card: 'title',
      cell: (row) => <SkuCell row={row} />,
      cardCell: (row) => <span className="wb-mono">{row.code}</span>,
    },
    ...(merchants.size > 1 ? [merchant] : []),
    {
      key: 'available',
      header: t('stock.available'),
      right: true,
      card: 'end',
      cell: (row) => <Total units={row.available} low={row.low} mark={{ kind: 'short', units: row.shortfall }} />,
      cardCell: (row) => <AvailableCard row={row} />,
    },
    {
      key: 'promised',
      header: t('stock.promised'),
      right: true,
      cell: (row) => <Total units={row.promised} mark={{ kind: 'waiting', units: row.waiting }} />,
    },
    { key: 'sellable', header: t('stock.sellable'), right: true, cell: (row) => <Total units={row.sellable} /> },
    {
      key: 'onHand',
      header: t('stock.onHand'),
      right: true,
      card: 'endSub',
      cell: (row) => <TotalLevel row={row} />,
      cardCell: (row) => t('stock.grid.onHandCard', { count: Number(row.onHand) }),
    },
    { key: 'name', header: t('stock.name'), card: 'sub', cardOnly: true, cell: (row) => row.name },
    ...(page?.nodes ?? []).map(
      (node): Column<LevelRow> => ({
        key: node.id,
        header: node.code,
        headerTitle: node.name,
        right: true,
        cell: (row) => <NodeLevel row={row} node={node} href={hrefOf(row)} onAdjust={onAdjust} />,
      }),
    ),
  ];
}

/** Nodes by their code, because that is what people say; of several merchants with the same code all of them. */
function useFilters(url: Url): {
  readonly filters: ListFilter[];
  readonly nodeIds: string[];
  readonly merchantId: string | undefined;
} {
  const { t } = useMessages();
  const places = useNodes();
  const merchants = new Map(places.map((place) => [place.merchantId, place.merchantName]));
  const merchantId = url.filters.merchant.at(-1);
  const own = merchantId ? places.filter((place) => place.merchantId === merchantId) : places;
  const node: ListFilter = {
    key: 'node',
    label: t('stock.node'),
    options: [...new Map(own.map((place) => [place.code, `${place.name} (${place.code})`]))].map(([value, label]) => ({
      value,
      label,
    })),
    values: url.filters.node,
    onChange: (values) => url.setFilter('node', values),
  };
  const merchant: ListFilter = {
    key: 'merchant',
    label: t('stock.merchant'),
    options: [...merchants].map(([value, label]) => ({ value, label })),
    values: url.filters.merchant,
    onChange: (values) => url.setFilter('merchant', values.slice(-1)),
  };
  const nodeIds = own.filter((place) => url.filters.node.includes(place.code)).map((place) => place.id);
  return { filters: merchants.size > 1 ? [node, merchant] : [node], nodeIds, merchantId };
}

/** The cell that is being adjusted, kept in the address: `?cell=<sku>.<node>`. */
function useAdjustedCell(page: LevelsPage | undefined) {
  const [at, setAt] = useQueryState('cell', parseAsString.withOptions({ history: 'push', scroll: false }));
  const last = useRef(at);
  useEffect(() => {
    const left = last.current;
    last.current = at;
    // Who came from a cell goes on there: the dialog is gone together with its memory of where the focus was.
    if (at === null && left !== null) document.querySelector<HTMLElement>(`[data-cell="${CSS.escape(left)}"]`)?.focus();
  }, [at]);
  const [skuId, nodeId] = at?.split('.') ?? [];
  const row = page?.items.find((one) => one.skuId === skuId);
  return {
    cell: row && nodeId ? { row, nodeId } : null,
    adjust: (one: LevelRow, node: string) => void setAt(`${one.skuId}.${node}`),
    close: () => void setAt(null),
  };
}

/** Stock by SKU and node: what is there, what is promised, and what changes while one looks. */
export function LevelsGrid() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['adjust', 'file']);
  const [chosen, choose] = useState<readonly LevelRow[]>([]);
  const url = useListUrl({ filters: FILTERS, defaultSort: 'code' });
  const { filters, nodeIds, merchantId } = useFilters(url);
  const show = oneOf(VIEWS, url.filters.view[0]);
  const input = {
    ...{ q: url.q || undefined, merchantId, nodeIds: nodeIds.length > 0 ? nodeIds : undefined, show },
    ...{ sort: oneOf(SORTS, url.sort), after: url.after ?? undefined },
  };
  const list = useQuery({ ...trpc.stock.levels.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku', 'order', 'reservation'], { queryKeys: [trpc.stock.levels.queryKey()] });
  const cell = useAdjustedCell(list.data);
  const columns = useColumns(list.data, powers.may('stock.adjust') ? cell.adjust : undefined);
  const mayAdjustMany = powers.may('stock.adjustRows');
  const mayImport = powers.may('stockFiles.carryOut');
  const adjustMany = (rows: readonly LevelRow[]) => {
    choose(rows);
    overlay.show('adjust');
  };
  const views = [undefined, ...VIEWS].map((view) => ({
    key: view ?? 'all',
    label: t(`stock.views.${view ?? 'all'}`),
    active: view === show,
    onSelect: () => url.setFilters({ ...url.filters, view: view ? [view] : [] }),
  }));
  return (
    <>
      <DataList
        {...listProps(list, url)}
        grid
        header={
          <PageHeader
            title={t('stock.title')}
            primary={mayAdjustMany && <ActionButton label={t('stockWork.bulk.button')} keys="a" onClick={() => adjustMany([])} />}
            menu={mayImport ? [{ label: t('stockIo.importButton'), onClick: () => overlay.show('file') }] : []}
          />
        }
        label={t('stock.title')}
        columns={columns}
        rowKey={(row) => row.skuId}
        rowLabel={(row) => row.code}
        rowHref={hrefOf}
        sort={url.sort}
        onSort={url.setSort}
        search={{ value: url.q, label: t('stock.search'), onChange: url.setQ }}
        views={views}
        filters={filters}
        foot={<MarksLegend hiddenNodes={list.data?.hiddenNodes ?? 0} />}
        bulk={
          mayAdjustMany
            ? (rows) => (
                <Button size="xs" onClick={() => adjustMany(rows)}>
                  {t('stockWork.bulk.button')}
                </Button>
              )
            : undefined
        }
        empty={{ title: t('stock.emptyTitle'), reason: t('stock.empty') }}
      />
      {overlay.open === 'file' && mayImport && <LevelsFileDialog onClose={overlay.close} />}
      {overlay.open === 'adjust' && mayAdjustMany && (
        <AdjustManyDialog
          codes={chosen.map((row) => row.code)}
          nodeId={nodeIds.length === 1 ? nodeIds[0] : undefined}
          onClose={overlay.close}
        />
      )}
      {cell.cell && powers.may('stock.adjust') && (
        <AdjustDialog
          sku={{ id: cell.cell.row.skuId, code: cell.cell.row.code, merchantId: cell.cell.row.merchantId }}
          nodeId={cell.cell.nodeId}
          onClose={cell.close}
        />
      )}
    </>
  );
}
