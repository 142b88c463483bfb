'use client';
import type { AttentionRow } from '../../server/views/homes.ts';
import { Badge, BadgeGroup, StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState } from '../ui/states.tsx';
import { lookOf } from '../ui/status.ts';
import { TimeAgo } from '../ui/time-ago.tsx';

function Why({ row }: { row: AttentionRow }) {
  const { t } = useMessages();
  if (row.why === 'held') {
    return (
      <BadgeGroup>
        {row.holds.map((hold) => (
          <StatusBadge key={hold} kind="hold" value={hold} />
        ))}
      </BadgeGroup>
    );
  }
  const { tone, icon } = row.why === 'stuck' ? lookOf('saga', 'stuck') : lookOf('payment', 'IN_DOUBT');
  return (
    <Badge tone={tone} icon={icon}>
      {t(`home.reasons.${row.why}`, { step: row.step ?? t('ui.unknown') })}
    </Badge>
  );
}

/** Orders that wait for a person, and why. */
export function AttentionList({ rows }: { rows: readonly AttentionRow[] }) {
  const { t } = useMessages();
  const columns: Column<AttentionRow>[] = [
    { key: 'number', header: t('home.order'), cell: (row) => row.number, card: 'title' },
    { key: 'why', header: t('home.why'), cell: (row) => <Why row={row} />, card: 'sub' },
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
          rowKey={(row) => `${row.orderId}${row.why}${row.step}`}
          rowLabel={(row) => row.number}
          rowHref={(row) => `/orders/${row.number}`}
        />
      )}
    </Section>
  );
}
