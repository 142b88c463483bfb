'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { isId } from '../../server/kernel/ids.ts';
import type { HistoryRow } from '../../server/views/movement-history.ts';
import { useActorName } from '../actor-name.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useNodes } from './lines-field.tsx';

const FILTERS = ['kind', 'node', 'sku', 'from', 'to', 'everything'] as const;
const KINDS = ['receive', 'ship', 'count', 'damage', 'adjust', 'return', 'transfer_out', 'transfer_in', 'expire'] as const;

/** Days as addresses give them: they can be typed. */
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

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
    { key: 'allocated', header: t('stock.allocatedDelta'), right: true, cell: (row) => <Quantity value={row.allocatedDelta} /> },
    { key: 'promised', header: t('stock.promisedDelta'), right: true, cell: (row) => <Quantity value={row.promisedDelta} /> },
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
  const { timeZone } = usePreferences();
  const format = useFormat();
  const skuId = url.filters.sku.find((id) => isId(id));
  const [from] = url.filters.from.filter(isDay);
  const [to] = url.filters.to.filter(isDay);
  const everything = url.filters.everything.length > 0 || undefined;
  const place = { nodeId, skuId, from, to, timeZone };
  const input = { ...place, kind, everything, reference: url.q || undefined, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.stock.history.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['sku', 'order'], { queryKeys: [trpc.stock.history.queryKey()] });
  // What links set and nobody chooses here: it stands among the filters, to be taken away.
  const named = list.data?.items.find((row) => row.skuId === skuId)?.skuCode;
  const shown = [
    { key: 'sku' as const, label: t('stockWork.sku'), text: (id: string) => named ?? id.slice(-6) },
    { key: 'from' as const, label: t('stockWork.movements.from'), text: format.day },
    { key: 'to' as const, label: t('stockWork.movements.to'), text: format.day },
  ].filter(({ key }) => url.filters[key].length > 0);
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
        {
          key: 'everything',
          label: t('stockWork.movements.everything'),
          options: [{ value: '1', label: t('stockWork.movements.everythingText') }],
          values: url.filters.everything,
          onChange: (values) => url.setFilter('everything', values),
        },
        ...shown.map(({ key, label, text }) => ({
          key,
          label,
          options: url.filters[key].map((value) => ({ value, label: text(value) })),
          values: url.filters[key],
          onChange: (values: string[]) => url.setFilter(key, values),
        })),
      ]}
      empty={{ title: t('stockWork.movements.emptyTitle'), reason: t('stockWork.movements.empty') }}
    />
  );
}
