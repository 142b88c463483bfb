'use client';
import Link from 'next/link';
import type { GiftCardEntry } from '../../server/views/gift-cards.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './gift-cards.module.css';

type Entry = Omit<GiftCardEntry, 'actor'>;

/** What happened on a gift card or a credit, newest first. Holds move nothing yet. */
export function TenderEntries({ entries, currency }: { entries: readonly Entry[]; currency: string }) {
  const { t, word } = useMessages();
  const what = ({ kind, phase }: Entry) =>
    word('giftCards.entries', phase === 'pending' || phase === 'void' ? `hold_${phase}` : kind);
  const columns: Column<Entry>[] = [
    { key: 'what', header: t('giftCards.what'), cell: what, card: 'title' },
    {
      key: 'order',
      header: t('giftCards.order'),
      cell: ({ orderNumber }) => (orderNumber ? <Link href={`/orders/${orderNumber}`}>{orderNumber}</Link> : t('ui.unknown')),
    },
    { key: 'at', header: t('giftCards.when'), cell: (entry) => <TimeAgo at={entry.at} />, card: 'sub' },
    {
      key: 'amount',
      header: t('giftCards.amount'),
      right: true,
      card: 'end',
      cell: (entry) => (
        <span className={entry.phase === 'pending' || entry.phase === 'void' ? classes.held : undefined}>
          <Money amountMinor={entry.amountMinor} currency={currency} />
        </span>
      ),
    },
    {
      key: 'balance',
      header: t('giftCards.balance'),
      right: true,
      cell: (entry) => <Money amountMinor={entry.balanceMinor} currency={currency} />,
    },
  ];
  return (
    <Section title={t('giftCards.activity')}>
      {entries.length === 0 ? (
        <EmptyState compact title={t('giftCards.activity')} reason={t('giftCards.noActivity')} />
      ) : (
        <DataTable
          embedded
          label={t('giftCards.activity')}
          columns={columns}
          rows={entries}
          rowKey={(entry) => entry.id}
          rowLabel={what}
        />
      )}
    </Section>
  );
}
