'use client';
import Link from 'next/link';
import type { HoldRow } from '../../server/views/holds.ts';
import type { Column } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { AccountLink } from './account-link.tsx';
import { useLedgerWords } from './ledger-words.ts';

/** Open holds as rows: what is held from where to where, since when and until when. */
export function useHoldColumns(): Column<HoldRow>[] {
  const { t } = useMessages();
  const words = useLedgerWords();
  return [
    { key: 'kind', header: t('ledger.kind'), cell: (row) => words.transfer(row.kind), card: 'title' },
    { key: 'since', header: t('ledger.since'), cell: (row) => <TimeAgo at={row.createdAt} /> },
    {
      key: 'expires',
      header: t('ledger.expires'),
      cell: (row) => (row.expiresAt ? <TimeAgo at={row.expiresAt} /> : t('ledger.never')),
      card: 'endSub',
      cardCell: (row) =>
        row.expiresAt ? (
          <>
            {t('ledger.expires')} <TimeAgo at={row.expiresAt} />
          </>
        ) : null,
    },
    { key: 'debit', header: t('payments.debit'), cell: (row) => <AccountLink id={row.debitAccount} code={row.debitCode} /> },
    { key: 'credit', header: t('payments.credit'), cell: (row) => <AccountLink id={row.creditAccount} code={row.creditCode} /> },
    {
      key: 'order',
      header: t('ledger.order'),
      cell: (row) => (row.orderNumber ? <Link href={`/orders/${row.orderNumber}`}>{row.orderNumber}</Link> : t('ui.unknown')),
      card: 'sub',
      cardCell: (row) => row.orderNumber ?? words.account(row.debitCode),
    },
    {
      key: 'amount',
      header: t('ledger.amount'),
      right: true,
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} withCode />,
    },
    {
      key: 'left',
      header: t('ledger.stillHeld'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.remainingMinor} currency={row.currency} withCode />,
    },
  ];
}

export const holdHref = (row: HoldRow): string => `/ledger/transfers/${row.id}`;
