'use client';
import { useQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import type { AccountRow } from '../../server/views/accounts.ts';
import { useMoreRows } from '../more-rows.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { accountCode } from './account-code.ts';
import { StateBadge } from './account-state.tsx';
import { ClosedBooks } from './closed-books.tsx';
import classes from './ledger.module.css';
import { LedgerTabs } from './ledger-tabs.tsx';
import { ownCode } from './ledger-words.ts';
import { TrialBalance } from './trial-balance.tsx';

/** A merchant’s program by its name and own code, every other account by its code. */
function AccountTitle({ account: { name, code } }: { account: AccountRow }) {
  if (name === null) return <span className="wb-mono">{accountCode(code)}</span>;
  return (
    <>
      {name} <span className={`wb-mono ${classes.nothing}`}>{ownCode(code)}</span>
    </>
  );
}

function useColumns(): Column<AccountRow>[] {
  const { t } = useMessages();
  return [
    {
      key: 'code',
      header: t('ledger.account'),
      cell: (row) => (
        <>
          <AccountTitle account={row} /> <StateBadge account={row} />
        </>
      ),
      card: 'title',
    },
    {
      key: 'owner',
      header: t('ledger.owner'),
      cell: (row) => [row.customerName, row.merchantName].filter(Boolean).join(' · ') || t('ui.unknown'),
      card: 'sub',
    },
    { key: 'side', header: t('ledger.normal'), cell: (row) => t(`ledger.side.${row.normalSide}`) },
    {
      key: 'held',
      header: t('ledger.held'),
      right: true,
      cell: (row) => <Money amountMinor={row.pendingMinor} currency={row.currency} />,
    },
    {
      key: 'balance',
      header: t('ledger.balance'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.balanceMinor} currency={row.currency} withCode />,
    },
  ];
}

function Accounts() {
  const { t, word } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useColumns();
  const [kind, setKind] = useQueryState('kind', { history: 'push' });
  const trial = useQuery(trpc.ledger.trialBalance.queryOptions());
  const kinds = [...new Set(trial.data?.map((row) => row.kind))];
  const filter = { kind: kind ?? undefined };
  const list = useMoreRows(trpc.ledger.accounts.queryKey(filter), (after) => client.ledger.accounts.query({ ...filter, after }));
  const view = (key: string | null, label: string) => ({
    key: key ?? '',
    label,
    active: key === kind,
    onSelect: () => void setKind(key),
  });
  return (
    <Section title={t('ledger.accounts')}>
      {kinds.length > 1 && (
        <ViewTabs views={[view(null, t('ui.all')), ...kinds.map((one) => view(one, word('ledger.accountKinds', one)))]} />
      )}
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('ledger.emptyTitle')} reason={t('ledger.empty')} />
          ) : (
            <DataTable
              embedded
              keyboard
              label={t('ledger.accounts')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowLabel={(row) => row.code}
              rowHref={(row) => `/ledger/accounts/${row.id}`}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
    </Section>
  );
}

/** The ledger: whether it balances, and its accounts. */
export function LedgerOverview() {
  const { t } = useMessages();
  return (
    <DetailLayout header={<PageHeader title={t('ledger.title')} secondary={<ClosedBooks />} />} tabs={<LedgerTabs />}>
      <TrialBalance />
      <Accounts />
    </DetailLayout>
  );
}
