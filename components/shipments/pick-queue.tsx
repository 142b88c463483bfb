'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { QUEUE_STAGES, type QueueStage } from '../../server/kernel/vocabulary.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { PrintButton } from '../print-link.tsx';
import { useTRPC } from '../trpc.tsx';
import { Bar } from '../ui/bars.tsx';
import { DataList } from '../ui/data-list.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import classes from './queue.module.css';
import { type MadeList, QueueActions } from './queue-actions.tsx';
import { useQueueColumns } from './queue-columns.tsx';
import { ScanField } from './scan-field.tsx';

const FILTERS = ['view', 'stage', 'list'] as const;

/** Lists that were just made wait here for the printer. */
function MadeLists({ lists }: { lists: readonly MadeList[] }) {
  const { t } = useMessages();
  if (lists.length === 0) return null;
  return (
    <div className={classes.bars}>
      {lists.map(({ number, orders, units }) => (
        <Bar
          key={number}
          tone="moving"
          title={t('shipments.pickList', { number })}
          action={<PrintButton kind="pick-lists" number={number} label={t('shipments.printPickList')} size="xs" />}
        >
          {t('shipments.pickListHolds', { count: orders, units })}
        </Bar>
      ))}
    </div>
  );
}

/** What the warehouse does next: allocated orders by node, oldest first, picked, packed and shipped from here. */
export function PickQueue() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const [made, setMade] = useState<readonly MadeList[]>([]);
  const nodes = useQuery(trpc.shipments.nodes.queryOptions());
  const current = nodes.data?.find((node) => node.code === url.filters.view[0]);
  const stage: QueueStage | undefined = oneOf(QUEUE_STAGES, url.filters.stage.at(-1));
  const input = { nodeId: current?.nodeId, stage, list: url.filters.list.at(-1), after: url.after ?? undefined };
  const list = useQuery({ ...trpc.shipments.ready.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.shipments.ready.queryKey(), trpc.shipments.nodes.queryKey()] });
  const view = (code: string | null) => (code === null ? {} : { view: [code] });
  return (
    <DataList
      {...listProps(list, url)}
      header={
        <>
          <PageHeader title={t('shipments.queue')} secondary={<ScanField />} />
          <MadeLists lists={made} />
        </>
      }
      label={t('shipments.queue')}
      columns={useQueueColumns(current === undefined)}
      rowKey={(row) => row.orderId + row.nodeId}
      rowLabel={(row) => row.number}
      rowHref={(row) => `/orders/${row.number}`}
      views={[
        { key: '', label: t('shipments.allNodes'), active: current === undefined, onSelect: () => url.setFilters(view(null)) },
        ...(nodes.data ?? []).map((node) => ({
          key: node.code,
          label: node.name,
          count: node.orders,
          active: node === current,
          onSelect: () => url.setFilters(view(node.code)),
        })),
      ]}
      filters={[
        {
          key: 'stage',
          label: t('shipments.stage'),
          options: QUEUE_STAGES.map((value) => ({ value, label: t(`shipments.stages.${value}`) })),
          values: url.filters.stage,
          onChange: (values) => url.setFilter('stage', values.slice(-1)),
        },
        ...url.filters.list.slice(-1).map((number) => ({
          key: 'list',
          label: t('shipments.onList'),
          options: [{ value: number, label: number }],
          values: [number],
          onChange: (values: string[]) => url.setFilter('list', values),
        })),
      ]}
      bulk={
        powers.may('shipments.startPicking')
          ? (selected, clear) => (
              <QueueActions selected={selected} clear={clear} onMade={(lists) => setMade([...lists, ...made])} />
            )
          : undefined
      }
      empty={{ title: t('shipments.queueEmptyTitle'), reason: t('shipments.queueEmpty') }}
    />
  );
}
