'use client';
import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import type { HeldRow } from '../../server/views/homes.ts';
import { HoldRowsDialog } from '../orders/hold-rows.tsx';
import { usePowers } from '../powers.ts';
import { BadgeGroup, StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** Held orders with why, to be released where they stand by whoever may. */
export function HeldList(props: { rows: readonly HeldRow[]; count?: number; title: string; href: string }) {
  const { rows, title, href } = props;
  const { t } = useMessages();
  const powers = usePowers();
  const [releasing, setReleasing] = useState<HeldRow | null>(null);
  const release: Column<HeldRow> = {
    key: 'release',
    header: t('home.next'),
    card: 'actions',
    cell: (row) =>
      powers.release.some((hold) => row.holds.includes(hold)) ? (
        <Button h={26} px={8} variant="default" onClick={() => setReleasing(row)}>
          {t('actions.release.button')}
        </Button>
      ) : (
        t('ui.unknown')
      ),
  };
  const columns: Column<HeldRow>[] = [
    { key: 'number', header: t('home.order'), cell: (row) => row.number, card: 'title' },
    {
      key: 'holds',
      header: t('orders.hold'),
      card: 'sub',
      cell: (row) => (
        <BadgeGroup>
          {row.holds.map((hold) => (
            <StatusBadge key={hold} kind="hold" value={hold} />
          ))}
        </BadgeGroup>
      ),
    },
    { key: 'reason', header: t('home.why'), cell: (row) => row.reason ?? t('ui.unknown') },
    ...(powers.may('orders.release') ? [release] : []),
    { key: 'customer', header: t('home.customer'), cell: (row) => row.customerName ?? t('ui.unknown') },
    { key: 'since', header: t('home.since'), cell: (row) => <TimeAgo at={row.heldAt ?? row.placedAt} />, card: 'endSub' },
    {
      key: 'total',
      header: t('orders.total'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.totalMinor} currency={row.currency} withCode />,
    },
  ];
  return (
    <Section title={title} count={props.count} actions={<Link href={href}>{t('home.showAll')}</Link>}>
      {rows.length === 0 ? (
        <EmptyState compact title={t('home.heldEmptyTitle')} reason={t('home.heldEmpty')} />
      ) : (
        <DataTable
          embedded
          label={title}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.number}
          rowHref={(row) => `/orders/${row.number}`}
        />
      )}
      {releasing && <HoldRowsDialog verb="release" orders={[releasing]} onClose={() => setReleasing(null)} />}
    </Section>
  );
}
