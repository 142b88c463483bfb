'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { HistoryRow } from '../../server/views/movement-history.ts';
import { useActorName } from '../actor-name.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useNodes } from './lines-field.tsx';

const FILTERS = ['kind', 'node'] as const;
const KINDS = ['receive', 'ship', 'count', 'damage', 'adjust', 'return', 'transfer_out', 'transfer_in', 'expire'] as const;

/** The paper that a movement came by, and where it is. */
function paperOf(row: HistoryRow): { readonly number: string; readonly href: string } | null {
  if (row.shipmentNumber) return { number: row.shipmentNumber, href: `/shipments/${row.shipmentNumber}` };
  if (row.orderNumber) return { number: row.orderNumber, href: `/orders/${row.orderNumber}` };
  if (row.purchaseNumber) return { number: row.purchaseNumber, href: `/purchase-orders/${row.purchaseNumber}` };
  if (row.transferNumber) return { number: row.transferNumber, href: `/transfers/${row.transferNumber}` };
  if (row.countNumber) return { number: row.countNumber, href: `/counts/${row.countNumber}` };
  return null;
}

function useColumns(): Column<HistoryRow>[] {
  const { t, word } = useMessages();
  const actor = useActorName();
  const paper = (row: HistoryRow) => {
    const found = paperOf(row);
    return found ? <Link href={found.href}>{found.number}</Link> : (row.reason ?? t('ui.unknown'));
  };
  return [
    { key: 'sku', header: t('stockWork.sku'), cell: (row) => row.skuCode, card: 'title' },
    { key: 'when', header: t('stock.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'endSub' },
    { key: 'kind', header: t('stock.kind'), cell: (row) => word('stock.kinds', row.kind), card: 'sub' },
    { key: 'node', header: t('stock.node'), cell: (row) => row.nodeCode ?? t('ui.unknown') },
    { key: 'onHand', header: t('stock.delta'), right: true, cell: (row) => <Quantity value={row.onHandDelta} />, card: 'end' },
    { key: 'why', header: t('stockWork.movements.why'), cell: paper },
    { key: 'who', header: t('stockWork.movements.paper'), cell: (row) => actor(row.actor) },
  ];
}

/** Everything that moved on a shelf, newest first, with what it moved by. */
export function MovementList() {
  const { t, word } = useMessages();
  const trpc = useTRPC();
  const places = useNodes();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const kind = url.filters.kind.length > 0 ? [...url.filters.kind] : undefined;
  const nodeId = places.find((place) => place.code === url.filters.node[0])?.id;
  const input = { kind, nodeId, reference: url.q || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.stock.history.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku', 'order'], { queryKeys: [trpc.stock.history.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('stockWork.movements.title')} />}
      label={t('stockWork.movements.title')}
      columns={useColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.skuCode}
      rowHref={(row) => `/stock/${encodeURIComponent(row.skuCode)}?merchant=${row.merchantId}`}
      search={{ value: url.q, label: t('stockWork.movements.reference'), onChange: url.setQ }}
      filters={[
        {
          key: 'kind',
          label: t('stockWork.movements.kindFilter'),
          options: KINDS.map((value) => ({ value, label: word('stock.kinds', value) })),
          values: url.filters.kind,
          onChange: (values) => url.setFilter('kind', values),
        },
        {
          key: 'node',
          label: t('stockWork.movements.nodeFilter'),
          options: [...new Map(places.map((place) => [place.code, place.name]))].map(([value, label]) => ({ value, label })),
          values: url.filters.node,
          onChange: (values) => url.setFilter('node', values.slice(-1)),
        },
      ]}
      empty={{ title: t('stockWork.movements.emptyTitle'), reason: t('stockWork.movements.empty') }}
    />
  );
}
