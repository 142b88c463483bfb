'use client';
import type { TransferRow } from '../../server/views/transfers.ts';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { SideName } from './account-name.tsx';
import { useLedgerWords } from './ledger-words.ts';

/** Transfers as rows, each from where to where; a row leads to its transfer. */
export function TransferTable({ rows, label }: { rows: readonly TransferRow[]; label: string }) {
  const { t } = useMessages();
  const words = useLedgerWords();
  const columns: Column<TransferRow>[] = [
    { key: 'kind', header: t('ledger.kind'), cell: (row) => words.transfer(row.kind), card: 'title' },
    { key: 'phase', header: t('payments.phase'), cell: (row) => t(`payments.phases.${row.phase}`) },
    {
      key: 'debit',
      header: t('payments.debit'),
      cell: (row) => <SideName side={row.debit} />,
      card: 'sub',
      cardCell: (row) => `${words.account(row.debit.code)} → ${words.account(row.credit.code)}`,
    },
    { key: 'credit', header: t('payments.credit'), cell: (row) => <SideName side={row.credit} /> },
    { key: 'at', header: t('ledger.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'endSub' },
    {
      key: 'amount',
      header: t('ledger.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} />,
    },
  ];
  return (
    <DataTable
      embedded
      keyboard
      label={label}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => words.transfer(row.kind)}
      rowHref={(row) => `/ledger/transfers/${row.id}`}
    />
  );
}
