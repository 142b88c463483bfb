'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { AccountRow } from '../../server/views/accounts.ts';
import type { EntryRow } from '../../server/views/entries.ts';
import { useMoreRows } from '../more-rows.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { Id } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { accountCode } from './account-code.ts';
import { AccountLink } from './account-link.tsx';

function useColumns(): Column<EntryRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'id', header: t('ledger.entry'), cell: (row) => <Id value={row.id} />, card: 'title' },
    { key: 'when', header: t('ledger.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'endSub' },
    {
      key: 'kind',
      header: t('ledger.kind'),
      cell: (row) => `${word('ledger.transferKinds', row.kind)} · ${t(`payments.phases.${row.phase}`)}`,
      card: 'sub',
    },
    {
      key: 'other',
      header: t('ledger.other'),
      cell: (row) => <AccountLink id={row.otherAccount} code={row.otherCode} />,
    },
    {
      key: 'order',
      header: t('ledger.order'),
      cell: (row) => (row.orderNumber ? <Link href={`/orders/${row.orderNumber}`}>{row.orderNumber}</Link> : t('ui.unknown')),
    },
    {
      key: 'amount',
      header: t('ledger.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} />,
    },
    {
      key: 'after',
      header: t('ledger.after'),
      right: true,
      cell: (row) => <Money amountMinor={row.balanceMinor} currency={row.currency} />,
    },
  ];
}

function Entries({ accountId }: { accountId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useColumns();
  const list = useMoreRows(trpc.ledger.entries.queryKey({ accountId }), (after) =>
    client.ledger.entries.query({ accountId, after }),
  );
  return (
    <Section title={t('ledger.entries')}>
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('ledger.entries')} reason={t('ledger.noEntries')} />
          ) : (
            <DataTable
              embedded
              label={t('ledger.entries')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowLabel={(row) => row.kind}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
    </Section>
  );
}

function Balance({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  const pair = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={account.currency} withCode />,
  });
  return (
    <Section title={t('ledger.balance')}>
      <KeyValue
        figures
        items={[
          pair(t('ledger.debits'), account.debitsPosted),
          pair(t('ledger.credits'), account.creditsPosted),
          pair(t('ledger.balance'), account.balanceMinor, true),
          pair(t('ledger.held'), account.pendingMinor),
        ]}
      />
    </Section>
  );
}

function Body({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  const state = account.closed ? t('ledger.closed') : account.frozen ? t('ledger.frozen') : undefined;
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('ledger.title'), href: '/ledger' }]}
      title={<span className="wb-mono">{accountCode(account.code)}</span>}
      sub={[account.merchantName, t(`ledger.side.${account.normalSide}`), state].filter(Boolean).join(' · ')}
    />
  );
  return (
    <DetailLayout header={header} aside={<Balance account={account} />}>
      <Entries accountId={account.id} />
    </DetailLayout>
  );
}

/** One account: its balance, and its entries signed towards its normal side. */
export function AccountDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const account = useQuery(trpc.ledger.account.queryOptions({ id }));
  return (
    <Loaded data={account.data} error={shownError(account.error)} onRetry={() => void account.refetch()} lines={8}>
      {(found) => <Body account={found} />}
    </Loaded>
  );
}
