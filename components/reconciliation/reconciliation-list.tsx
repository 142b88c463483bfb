'use client';
import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { ITEM_KINDS, type ItemStatus, RECONCILED } from '../../server/domains/reconciliation/schema.ts';
import type { ReconciliationItem } from '../../server/views/reconciliation.ts';
import { listProps, oneOf, someOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ItemDialog } from './item-dialog.tsx';
import { LastRun } from './last-run.tsx';
import { RunDialog } from './run-dialog.tsx';

const FILTERS = ['view', 'kind', 'provider'] as const;
/** What waits for a person, what a person has dealt with, and what needed nobody. */
const VIEWS = {
  open: ['open', 'awaiting_approval'],
  resolved: ['explained', 'written_off'],
  agreed: ['agreed'],
  gone: ['gone'],
} as const satisfies Record<string, readonly ItemStatus[]>;
const VIEW_NAMES = ['open', 'resolved', 'agreed', 'gone'] as const satisfies readonly (keyof typeof VIEWS)[];

function useColumns(): Column<ReconciliationItem>[] {
  const { t, word } = useMessages();
  const money = (amountMinor: bigint, item: ReconciliationItem) => <Money amountMinor={amountMinor} currency={item.currency} />;
  return [
    {
      key: 'booking',
      header: t('reconciliation.booking'),
      card: 'title',
      cell: (item) => word('reconciliation.bookings', item.booking),
    },
    {
      key: 'kind',
      header: t('reconciliation.finding'),
      card: 'sub',
      cell: (item) => <StatusBadge kind="finding" value={item.kind} />,
    },
    { key: 'status', header: t('orders.status'), cell: (item) => <StatusBadge kind="difference" value={item.status} /> },
    {
      key: 'reference',
      header: t('reconciliation.concerns'),
      cell: (item) => item.orderNumber ?? item.reference ?? t('ui.unknown'),
    },
    {
      key: 'provider',
      header: t('reconciliation.provider'),
      wideOnly: true,
      cell: (item) => t(`reconciliation.providers.${item.provider}`),
    },
    { key: 'at', header: t('reconciliation.booked'), card: 'endSub', cell: (item) => <TimeAgo at={item.occurredAt} /> },
    {
      key: 'theirs',
      header: t('reconciliation.theirs'),
      right: true,
      cell: (item) => (item.kind === 'missing_there' ? t('ui.unknown') : money(item.theirsMinor, item)),
    },
    {
      key: 'ours',
      header: t('reconciliation.ours'),
      right: true,
      cell: (item) => (item.kind === 'missing_here' ? t('ui.unknown') : money(item.oursMinor, item)),
    },
    {
      key: 'difference',
      header: t('reconciliation.difference'),
      right: true,
      card: 'end',
      cell: (item) => money(item.theirsMinor - item.oursMinor, item),
    },
  ];
}

/** What providers report beside what the books say: the work list of differences, and what agreed. */
export function ReconciliationList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const [open, setOpen] = useQueryState('item', parseAsString);
  const [dialog, setDialog] = useQueryState('dialog', parseAsString);
  const view = oneOf(VIEW_NAMES, url.filters.view[0]) ?? 'open';
  const input = {
    status: [...VIEWS[view]],
    kind: someOf(ITEM_KINDS, url.filters.kind),
    provider: oneOf(RECONCILED, url.filters.provider[0]),
    q: url.q || undefined,
    after: url.after ?? undefined,
  };
  const list = useQuery({ ...trpc.reconciliation.list.queryOptions(input), placeholderData: keepPreviousData });
  const count = useQuery(trpc.reconciliation.count.queryOptions());
  const runs = useQuery(trpc.reconciliation.runs.queryOptions({ limit: 1 }));
  // Before anything was compared, nothing agrees.
  const empty = view === 'open' && runs.data?.items.length === 0 ? 'agreed' : view;
  useLive(['reconciliation', 'approval'], { queryKeys: [trpc.reconciliation.pathKey()] });
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('reconciliation.title')}
            count={count.data}
            sub={<LastRun />}
            primary={
              powers.may('reconciliation.start') && (
                <Button onClick={() => void setDialog('run')}>{t('reconciliation.compare')}</Button>
              )
            }
          />
        }
        label={t('reconciliation.title')}
        columns={useColumns()}
        rowKey={(item) => item.id}
        rowLabel={(item) => item.reference ?? item.id}
        rowHref={(item) => `/reconciliation?${new URLSearchParams({ ...(view === 'open' ? {} : { view }), item: item.id })}`}
        search={{ value: url.q, label: t('reconciliation.search'), onChange: url.setQ }}
        views={VIEW_NAMES.map((key) => ({
          key,
          label: t(`reconciliation.views.${key}`),
          active: key === view,
          onSelect: () => url.setFilters(key === 'open' ? {} : { view: [key] }),
        }))}
        filters={[
          {
            key: 'kind',
            label: t('reconciliation.finding'),
            options: ITEM_KINDS.filter((kind) => (view === 'agreed') === (kind === 'matched')).map((value) => ({
              value,
              label: t(`status.finding.${value}`),
            })),
            values: url.filters.kind,
            onChange: (values) => url.setFilter('kind', values),
          },
          {
            key: 'provider',
            label: t('reconciliation.provider'),
            options: RECONCILED.map((value) => ({ value, label: t(`reconciliation.providers.${value}`) })),
            values: url.filters.provider,
            onChange: (values) => url.setFilter('provider', values.slice(-1)),
          },
        ]}
        empty={{ title: t(`reconciliation.empty.${empty}Title`), reason: t(`reconciliation.empty.${empty}`) }}
      />
      {open && <ItemDialog id={open} onClose={() => void setOpen(null)} />}
      {dialog === 'run' && <RunDialog onClose={() => void setDialog(null)} />}
    </>
  );
}
