'use client';
import { IconClock } from '@tabler/icons-react';
import type { QueueItem, QueueRow } from '../../server/views/queue.ts';
import { PrintLink } from '../print-link.tsx';
import { Badge, StatusBadge } from '../ui/badge.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './queue.module.css';

/** What a picker sees at a glance; the paper and the order have the rest. */
const ITEMS_SHOWN = 3;

function Items({ items }: { items: readonly QueueItem[] }) {
  const { t } = useMessages();
  const more = items.length - ITEMS_SHOWN;
  return (
    <span className={classes.items}>
      {items.slice(0, ITEMS_SHOWN).map((item) => (
        <span key={`${item.skuCode}${item.bin}${item.name}`} className={classes.item} title={item.name}>
          {item.bin && <span className={classes.bin}>{item.bin}</span>} <span className="wb-number">{item.units} ×</span>{' '}
          {item.skuCode ?? item.name}
        </span>
      ))}
      {more > 0 && <span className={classes.dim}>{t('shipments.moreItems', { count: more })}</span>}
    </span>
  );
}

/** "Picking" and "Packed" are the field's words for where goods are; before that they are to pick. */
function Stage({ row }: { row: QueueRow }) {
  const { t } = useMessages();
  if (!row.pick) return <Badge tone="neutral">{t('shipments.stages.to_pick')}</Badge>;
  return <StatusBadge kind="fulfilment" value={row.stage === 'packed' ? 'PACKED' : 'PICKING'} />;
}

/** Which list it is on, to print it again, and who has it. */
function OnList({ row }: { row: QueueRow }) {
  if (!row.pick) return null;
  return (
    <span className={classes.items}>
      <PrintLink kind="pick-lists" number={row.pick.listNumber} />
      {row.pick.by.name && <span className={classes.dim}>{row.pick.by.name}</span>}
    </span>
  );
}

/** The queue's columns; the node only where several are shown. */
export function useQueueColumns(everyNode: boolean): Column<QueueRow>[] {
  const { t } = useMessages();
  const node: Column<QueueRow> = { key: 'node', header: t('shipments.node'), cell: (row) => row.nodeCode };
  return [
    { key: 'number', header: t('shipments.order'), cell: (row) => row.number, card: 'title' },
    ...(everyNode ? [node] : []),
    {
      key: 'waiting',
      header: t('shipments.waiting'),
      card: 'end',
      cell: (row) => (
        <span className={classes.waiting}>
          <TimeAgo at={row.placedAt} />
          {row.late && (
            <Badge tone="attention" icon={IconClock}>
              {t('shipments.late')}
            </Badge>
          )}
        </span>
      ),
    },
    { key: 'stage', header: t('shipments.stage'), cell: (row) => <Stage row={row} />, card: 'endSub' },
    { key: 'list', header: t('shipments.onList'), cell: (row) => <OnList row={row} /> },
    { key: 'items', header: t('shipments.toPick'), cell: (row) => <Items items={row.items} />, card: 'sub' },
    { key: 'customer', header: t('orders.customer'), cell: (row) => row.customerName ?? t('ui.unknown') },
    { key: 'country', header: t('shipments.country'), cell: (row) => row.country ?? t('ui.unknown') },
    { key: 'units', header: t('orders.units'), right: true, cell: (row) => <Quantity value={row.units} /> },
  ];
}
