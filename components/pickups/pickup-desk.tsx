'use client';
import { TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { PickupRow } from '../../server/views/pickups.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { useErrorText } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { HandOverDialog } from './hand-over-dialog.tsx';
import classes from './pickups.module.css';
import { ReadyButton } from './ready-button.tsx';

const FILTERS = ['view'] as const;

/** An order that was found by what was shown. */
interface Shown {
  readonly row: PickupRow;
  readonly code: string;
}

/**
 * Takes what a customer shows: a scanner types the code or the number and Enter. It has the focus when the page opens, and takes it back
 * with `/`.
 */
function DeskField({ onFound }: { onFound: (shown: Shown) => void }) {
  const { t } = useMessages();
  const client = useTRPCClient();
  const errorText = useErrorText();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useShortcut('/', t('pickups.scan'), () => field.current?.focus());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? '';
    if (code === '' || busy) return;
    setBusy(true);
    try {
      onFound({ row: await client.pickups.find.query({ shown: code }), code });
    } catch (error) {
      setSaid(errorText(shownError(error) ?? { kind: 'unexpected' }));
    } finally {
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <form onSubmit={submit} className={classes.scan}>
      <TextInput
        ref={field}
        autoFocus
        aria-label={t('pickups.scan')}
        placeholder={t('pickups.scan')}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconBarcode size={16} aria-hidden />}
        error={said}
        onChange={() => setSaid(null)}
      />
    </form>
  );
}

function useColumns(onHandOver: (row: PickupRow) => void): Column<PickupRow>[] {
  const { t } = useMessages();
  return [
    { key: 'number', header: t('shipments.order'), cell: (p) => p.number, card: 'title' },
    { key: 'customer', header: t('orders.customer'), cell: (p) => p.customerName ?? t('ui.unknown'), card: 'sub' },
    { key: 'status', header: t('shipments.status'), cell: (p) => <StatusBadge kind="pickup" value={p.status} />, card: 'endSub' },
    {
      key: 'aside',
      header: t('pickups.aside'),
      right: true,
      cell: (p) => t('pickups.asideOf', { aside: String(p.aside), units: String(p.units) }),
    },
    { key: 'node', header: t('shipments.node'), cell: (p) => p.nodeCode },
    { key: 'placed', header: t('track.placed'), cell: (p) => <TimeAgo at={p.placedAt} /> },
    { key: 'until', header: t('pickups.until'), cell: (p) => <TimeAgo at={p.collectBy} /> },
    {
      key: 'next',
      header: t('pickups.next'),
      right: true,
      card: 'end',
      cell: (p) => <ReadyButton row={p} onHandOver={onHandOver} />,
    },
  ];
}

/** The counter of a store: what waits to be fetched, made ready and handed over from here. */
export function PickupDesk() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const [shown, setShown] = useState<Shown | null>(null);
  const counters = useQuery(trpc.pickups.counters.queryOptions());
  const current = counters.data?.find((counter) => counter.code === url.filters.view[0]);
  const input = { nodeId: current?.nodeId, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.pickups.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.pickups.list.queryKey(), trpc.pickups.counters.queryKey()] });
  const view = (code: string | null) => (code === null ? {} : { view: [code] });
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={<PageHeader title={t('pickups.title')} sub={t('pickups.sub')} secondary={<DeskField onFound={setShown} />} />}
        label={t('pickups.title')}
        columns={useColumns((row) => setShown({ row, code: '' }))}
        rowKey={(p) => p.orderId}
        rowLabel={(p) => p.number}
        rowHref={(p) => `/orders/${p.number}`}
        views={[
          { key: '', label: t('shipments.allNodes'), active: current === undefined, onSelect: () => url.setFilters(view(null)) },
          ...(counters.data ?? []).map((counter) => ({
            key: counter.code,
            label: counter.name,
            count: counter.waiting + counter.ready,
            active: counter === current,
            onSelect: () => url.setFilters(view(counter.code)),
          })),
        ]}
        empty={{ title: t('pickups.emptyTitle'), reason: t('pickups.empty') }}
      />
      {shown && <HandOverDialog key={shown.row.orderId} row={shown.row} code={shown.code} onClose={() => setShown(null)} />}
    </>
  );
}
