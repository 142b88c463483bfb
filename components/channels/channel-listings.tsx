'use client';
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconEyeOff, IconHourglass } from '@tabler/icons-react';
import { useState } from 'react';
import type { ChannelPage, ListingRow, ListingView } from '../../server/views/channels.ts';
import { useMoreRows } from '../more-rows.ts';
import { usePowers } from '../powers.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ListingDialog, RelistDialog } from './channel-dialogs.tsx';
import classes from './channels.module.css';

const PAGE = 25;
const VIEWS = ['all', 'unsent', 'problem', 'off'] as const;

function State({ row }: { row: ListingRow }) {
  const { t } = useMessages();
  if (row.problem)
    return (
      <Badge tone="attention" icon={IconAlertTriangle}>
        {t(`channels.problems.${row.problem}`)}
      </Badge>
    );
  if (row.takenOff && !row.waits)
    return (
      <Badge tone="neutral" icon={IconEyeOff}>
        {t('channels.off')}
      </Badge>
    );
  return (
    <Badge tone={row.waits ? 'moving' : 'done'} icon={row.waits ? IconHourglass : IconCheck}>
      {t(row.waits ? 'channels.waits' : 'channels.listed')}
    </Badge>
  );
}

interface Doing {
  readonly row: ListingRow;
  readonly what: 'rename' | 'list';
}

function useColumns(
  may: { readonly rename: boolean; readonly list: boolean },
  onDo: (doing: Doing) => void,
): Column<ListingRow>[] {
  const { t } = useMessages();
  return [
    {
      key: 'sku',
      header: t('channels.sku'),
      // What it is called there is said where that is something else.
      cell: (row) => (
        <>
          {row.skuCode}
          {row.ref !== row.skuCode && <span className={classes.faint}> {row.ref}</span>}
        </>
      ),
      card: 'title',
    },
    { key: 'sent', header: t('channels.sent'), right: true, cell: (row) => <Quantity value={row.sentQuantity} /> },
    {
      key: 'acked',
      header: t('channels.acked'),
      right: true,
      cell: (row) => <Quantity value={row.ackedQuantity} />,
      card: 'end',
    },
    { key: 'at', header: t('channels.at'), cell: (row) => <TimeAgo at={row.ackedAt} /> },
    { key: 'state', header: t('channels.listingState'), cell: (row) => <State row={row} />, card: 'endSub' },
    ...(may.rename || may.list
      ? [
          {
            key: 'do',
            header: t('ui.actions'),
            card: 'actions' as const,
            cell: (row: ListingRow) => (
              <span className={classes.actions}>
                {may.rename && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t('channels.relistNamed', { sku: row.skuCode })}
                    onClick={() => onDo({ row, what: 'rename' })}
                  >
                    {t('channels.relist')}
                  </Button>
                )}
                {may.list && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={t(row.takenOff ? 'channels.putOnNamed' : 'channels.takeOffNamed', { sku: row.skuCode })}
                    onClick={() => onDo({ row, what: 'list' })}
                  >
                    {t(row.takenOff ? 'channels.putOn' : 'channels.takeOff')}
                  </Button>
                )}
              </span>
            ),
          },
        ]
      : []),
  ];
}

/** What the channel was told of each SKU, and what it acknowledged. */
export function ChannelListings({ page }: { page: ChannelPage }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const powers = usePowers();
  const [view, setView] = useState<ListingView>('all');
  const [q, setQ] = useState('');
  const [doing, setDoing] = useState<Doing | null>(null);
  const input = { connectionId: page.id, view, ...(q.trim() ? { q: q.trim() } : {}) };
  const list = useMoreRows(trpc.channels.listings.queryKey(input), (after) =>
    client.channels.listings.query({ ...input, limit: PAGE, after }),
  );
  const columns = useColumns({ rename: powers.may('channels.relist'), list: powers.may('channels.setListing') }, setDoing);
  return (
    <Section title={t('channels.listings')} count={page.listings}>
      <div className={classes.tools}>
        <SegmentedControl
          size="xs"
          aria-label={t('channels.show')}
          value={view}
          onChange={(value) => setView(VIEWS.find((known) => known === value) ?? 'all')}
          data={VIEWS.map((value) => ({ value, label: t(`channels.views.${value}`) }))}
        />
        <TextInput
          size="xs"
          type="search"
          aria-label={t('channels.search')}
          placeholder={t('channels.search')}
          value={q}
          maxLength={200}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
      </div>
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('channels.listings')} reason={t('channels.noListings')} />
          ) : (
            <DataTable
              embedded
              compact
              label={t('channels.listings')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.skuId}
              rowLabel={(row) => row.skuCode}
              rowHref={(row) => `/stock/${encodeURIComponent(row.skuCode)}?merchant=${page.merchantId}`}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
      {doing?.what === 'rename' && <RelistDialog page={page} listing={doing.row} onClose={() => setDoing(null)} />}
      {doing?.what === 'list' && <ListingDialog page={page} listing={doing.row} onClose={() => setDoing(null)} />}
    </Section>
  );
}
