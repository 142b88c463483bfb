'use client';
import Link from 'next/link';
import type { AttentionRow } from '../../server/views/homes.ts';
import { Badge, StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState } from '../ui/states.tsx';
import { lookOf } from '../ui/status.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

const LOOKS = {
  stuck: lookOf('saga', 'stuck'),
  in_doubt: lookOf('payment', 'IN_DOUBT'),
  exception: lookOf('shipment', 'EXCEPTION'),
  refund_failed: lookOf('refund', 'failed'),
} as const satisfies Record<AttentionRow['why'], unknown>;

function Why({ row }: { row: AttentionRow }) {
  const { t } = useMessages();
  const { tone, icon } = LOOKS[row.why];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`home.reasons.${row.why}`, { step: row.step ?? t('ui.unknown') })}
    </Badge>
  );
}

/** Where a person goes on with it. */
function nextHref({ why, number, subject }: AttentionRow): string {
  if (why === 'in_doubt' && subject) return `/payments/${subject}`;
  if (why === 'exception' && subject) return `/shipments/${encodeURIComponent(subject)}`;
  return `/orders/${encodeURIComponent(number)}`;
}

/** Orders that wait for a person: why, and what to do next. */
export function AttentionList({ rows }: { rows: readonly AttentionRow[] }) {
  const { t } = useMessages();
  const columns: Column<AttentionRow>[] = [
    { key: 'number', header: t('home.order'), cell: (row) => row.number, card: 'title' },
    { key: 'why', header: t('home.why'), cell: (row) => <Why row={row} />, card: 'sub' },
    {
      key: 'next',
      header: t('home.next'),
      card: 'actions',
      cell: (row) => <Link href={nextHref(row)}>{t(`home.nextAction.${row.why}`)}</Link>,
    },
    { key: 'customer', header: t('home.customer'), cell: (row) => row.customerName ?? t('ui.unknown') },
    { key: 'merchant', header: t('orders.merchant'), cell: (row) => row.merchantName },
    { key: 'status', header: t('orders.status'), cell: (row) => <StatusBadge kind="order" value={row.status} /> },
    { key: 'since', header: t('home.since'), cell: (row) => <TimeAgo at={row.since} />, card: 'endSub' },
  ];
  return (
    <Section title={t('home.attention')} count={rows.length}>
      {rows.length === 0 ? (
        <EmptyState compact title={t('home.attentionEmptyTitle')} reason={t('home.attentionEmpty')} />
      ) : (
        <DataTable
          embedded
          keyboard
          label={t('home.attention')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.orderId}${row.why}${row.step}${row.subject}`}
          rowLabel={(row) => row.number}
          rowHref={(row) => `/orders/${row.number}`}
        />
      )}
    </Section>
  );
}
