'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { GIFT_CARD_STATUSES } from '../../server/kernel/vocabulary.ts';
import type { GiftCardRow } from '../../server/views/gift-cards.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useStatusOptions } from '../status-options.ts';
import { useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { IssueGiftCardDialog } from './issue-dialog.tsx';

const FILTERS = ['status'] as const;
/** So many characters of a code are kept readable; nobody finds a card by fewer. */
const LAST = 4;

function useColumns(): Column<GiftCardRow>[] {
  const { t, word } = useMessages();
  const money = (key: string, header: string, of: (row: GiftCardRow) => bigint): Column<GiftCardRow> => ({
    key,
    header,
    right: true,
    cell: (row) => <Money amountMinor={of(row)} currency={row.currency} />,
  });
  return [
    { key: 'card', header: t('giftCards.card'), cell: (row) => `•••• ${row.last4}`, card: 'title' },
    {
      key: 'status',
      header: t('giftCards.status'),
      cell: (row) => <StatusBadge kind="giftCard" value={row.status} />,
      card: 'sub',
    },
    { key: 'merchant', header: t('giftCards.merchant'), cell: (row) => row.merchantName },
    { key: 'reason', header: t('giftCards.reason'), cell: (row) => word('giftCards.reasons', row.reason) },
    { key: 'issued', header: t('giftCards.issued'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'endSub' },
    {
      key: 'expires',
      header: t('giftCards.expires'),
      cell: (row) => (row.expiresAt ? <TimeAgo at={row.expiresAt} /> : t('giftCards.never')),
    },
    money('initial', t('giftCards.initial'), (row) => row.initialMinor),
    { ...money('balance', t('giftCards.balance'), (row) => row.balanceMinor), card: 'end' },
  ];
}

/** Gift cards, newest first: what is on each, and what became of it. */
export function GiftCardList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const overlay = useOverlay(['issue']);
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const [wanted] = url.filters.status;
  const status = GIFT_CARD_STATUSES.find((known) => known === wanted);
  const last4 = url.q.trim().length === LAST ? url.q.trim() : undefined;
  const list = useQuery({
    ...trpc.giftCards.list.queryOptions({ status, last4, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['gift_card'], { queryKeys: [trpc.giftCards.list.queryKey()] });
  const statuses = useStatusOptions('giftCard', GIFT_CARD_STATUSES);
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={
          <PageHeader
            title={t('giftCards.title')}
            primary={
              powers.may('giftCards.issue') && (
                <ActionButton label={t('giftCards.issue')} keys="c" onClick={() => overlay.show('issue')} />
              )
            }
            secondary={
              powers.may('giftCards.liabilities') && (
                <Link href="/gift-cards/liabilities">{t('giftCards.liabilities.title')}</Link>
              )
            }
          />
        }
        label={t('giftCards.title')}
        columns={useColumns()}
        rowKey={(row) => row.id}
        rowLabel={(row) => t('giftCards.ending', { last4: row.last4 })}
        rowHref={(row) => `/gift-cards/${row.id}`}
        search={{ value: url.q, label: t('giftCards.search'), onChange: url.setQ }}
        views={[
          { key: 'all', label: t('giftCards.all'), active: status === undefined, onSelect: () => url.setFilters({}) },
          ...statuses.map(({ value, label }) => ({
            key: value,
            label,
            active: value === status,
            onSelect: () => url.setFilters({ status: [value] }),
          })),
        ]}
        empty={{ title: t('giftCards.noneTitle'), reason: t('giftCards.none') }}
      />
      {overlay.open === 'issue' && powers.may('giftCards.issue') && <IssueGiftCardDialog onClose={overlay.close} />}
    </>
  );
}
