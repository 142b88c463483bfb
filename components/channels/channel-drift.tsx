'use client';
import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import type { ChannelPage, DriftRow } from '../../server/views/channels.ts';
import { useActorName } from '../actor-name.ts';
import { usePowers } from '../powers.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { DriftDialog } from './channel-dialogs.tsx';
import classes from './channels.module.css';

/** The sheets on which a difference is looked for, and how far they are. */
function Counts({ row }: { row: DriftRow }) {
  const { t } = useMessages();
  if (row.counts.length === 0) return null;
  return (
    <ul className={classes.counts}>
      {row.counts.map(({ number, nodeCode, status }) => (
        <li key={number}>
          <Link href={`/counts/${number}`}>{number}</Link>{' '}
          <span className={classes.faint}>
            {t('channels.countAt', { node: nodeCode, state: t(`channels.countStates.${status}`) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** How a difference ended, or the button that ends it. */
function Answer({ row, onAnswer }: { row: DriftRow; onAnswer: (() => void) | null }) {
  const { t } = useMessages();
  const actor = useActorName();
  if ((row.status === 'open' || row.status === 'counting') && onAnswer)
    return (
      <Button size="compact-xs" variant="default" aria-label={t('channels.answerNamed', { sku: row.skuCode })} onClick={onAnswer}>
        {t('channels.answer')}
      </Button>
    );
  if (!row.resolution) return t('ui.unknown');
  const what =
    row.resolution === 'ignore'
      ? t('channels.resolutions.ignore', { reason: row.reason ?? '' })
      : t(`channels.resolutions.${row.resolution}`);
  return row.resolvedBy && row.resolution !== 'agreed' ? t('channels.by', { what, who: actor(row.resolvedBy) }) : what;
}

/** Where the channel has something else than it was told: work for a person, until a later report agrees. */
export function ChannelDrift({ page }: { page: ChannelPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [answering, setAnswering] = useState<string | null>(null);
  const may = powers.may('channels.resolveDrift');
  const columns: Column<DriftRow>[] = [
    { key: 'sku', header: t('channels.sku'), cell: (row) => row.skuCode, card: 'title' },
    {
      key: 'what',
      header: t('channels.what'),
      card: 'sub',
      cell: (row) => (
        <>
          {t(`channels.drifts.${row.kind}`)}
          <Counts row={row} />
        </>
      ),
    },
    { key: 'ours', header: t('channels.ours'), right: true, cell: (row) => <Quantity value={row.ours} />, card: 'end' },
    { key: 'theirs', header: t('channels.theirs'), right: true, cell: (row) => <Quantity value={row.theirs} />, card: 'endSub' },
    { key: 'since', header: t('channels.driftSince'), cell: (row) => <TimeAgo at={row.firstSeenAt} /> },
    { key: 'seen', header: t('channels.seen'), cell: (row) => t('channels.times', { count: row.timesSeen }) },
    {
      key: 'answer',
      header: t('channels.answer'),
      card: 'actions',
      cell: (row) => <Answer row={row} onAnswer={may ? () => setAnswering(row.id) : null} />,
    },
  ];
  const drift = page.drift.find((row) => row.id === answering && (row.status === 'open' || row.status === 'counting'));
  return (
    <Section title={t('channels.drift')} count={page.differences}>
      {page.drift.length === 0 ? (
        <EmptyState compact title={t('channels.drift')} reason={t('channels.noDrift')} />
      ) : (
        <DataTable
          embedded
          compact
          label={t('channels.drift')}
          columns={columns}
          rows={page.drift}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.skuCode}
        />
      )}
      {drift && <DriftDialog page={page} drift={drift} onClose={() => setAnswering(null)} />}
    </Section>
  );
}
