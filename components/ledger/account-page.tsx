'use client';
import { Button } from '@mantine/core';
import { IconArrowsExchange, IconFileText } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { DomainError } from '../../server/kernel/errors.ts';
import type { AccountRow } from '../../server/views/accounts.ts';
import { useMoreRows } from '../more-rows.ts';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { PathTabs } from '../ui/path-tabs.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { AccountChart } from './account-chart.tsx';
import { accountCode } from './account-code.ts';
import { AccountEntries } from './account-entries.tsx';
import { AccountFigures } from './account-figures.tsx';
import { StateBadge } from './account-state.tsx';
import { AdjustDialog } from './adjust-dialog.tsx';
import { holdHref, useHoldColumns } from './hold-columns.tsx';
import { useLedgerWords } from './ledger-words.ts';
import { OPERATIONS, OperateDialog, whyNot } from './operate-dialog.tsx';
import { StatementDialog } from './statement-dialog.tsx';

export type AccountTab = 'entries' | 'holds';

function Holds({ accountId }: { accountId: string }) {
  const { t } = useMessages();
  const words = useLedgerWords();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useHoldColumns();
  const list = useMoreRows(trpc.ledger.holds.queryKey({ accountId }), (after) => client.ledger.holds.query({ accountId, after }));
  return (
    <Section title={t('ledger.holds')}>
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('ledger.noHoldsTitle')} reason={t('ledger.noHoldsHere')} />
          ) : (
            <DataTable
              embedded
              keyboard
              label={t('ledger.holds')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowLabel={(row) => words.transfer(row.kind)}
              rowHref={holdHref}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
    </Section>
  );
}

/** Why money of this account is not moved by hand: an order keeps its own receivable, what is closed or frozen stands still. */
function whyNoAdjustment(account: AccountRow, ofOrders: string): string | null {
  if (account.kind === 'receivable') return ofOrders;
  return account.frozen
    ? new DomainError('account_frozen').detail
    : account.closed
      ? new DomainError('account_closed').detail
      : null;
}

function Header({ account }: { account: AccountRow }) {
  const { t, word } = useMessages();
  const { open, show, close } = useOverlay(['statement', 'adjust', ...OPERATIONS]);
  const powers = usePowers();
  const owner = account.customerName ?? account.merchantName;
  // One of the two is never possible: the other is what is meant.
  const operations = OPERATIONS.filter((action) => action !== (account.frozen ? 'freeze' : 'unfreeze'));
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: t('ledger.title'), href: '/ledger' }]}
        title={[account.name ?? word('ledger.accountKinds', account.kind), owner, account.currency].filter(Boolean).join(' · ')}
        badges={<StateBadge account={account} />}
        sub={<span className="wb-mono">{accountCode(account.code)}</span>}
        secondary={
          <>
            <Button variant="default" leftSection={<IconFileText size={16} aria-hidden />} onClick={() => show('statement')}>
              {t('ledger.statement')}
            </Button>
            {powers.may('ledger.proposeAdjustment') && (
              <ActionButton
                variant="default"
                icon={IconArrowsExchange}
                label={t('ledger.adjust')}
                reason={whyNoAdjustment(account, t('ledger.ofOrders'))}
                onClick={() => show('adjust')}
              />
            )}
          </>
        }
        menu={
          powers.may('ledger.operate')
            ? operations.map((action) => ({
                label: t(`ledger.operations.${action}.button`),
                danger: action === 'close',
                reason: whyNot(account, action),
                onClick: () => show(action),
              }))
            : []
        }
      />
      {open === 'adjust' && <AdjustDialog account={account} onClose={close} />}
      {operations.map(
        (action) => action === open && <OperateDialog key={action} account={account} action={action} onClose={close} />,
      )}
      {open === 'statement' && <StatementDialog account={account} onClose={close} />}
    </>
  );
}

function Body({ account, tab }: { account: AccountRow; tab: AccountTab }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const open = useQuery(trpc.ledger.countHolds.queryOptions({ accountId: account.id }));
  const path = `/ledger/accounts/${account.id}`;
  const tabs = [
    { href: path, label: t('ledger.entries') },
    { href: `${path}/holds`, label: t('ledger.holds'), count: open.data },
  ];
  return (
    <DetailLayout
      header={<Header account={account} />}
      tabs={<PathTabs tabs={tabs} />}
      aside={<AccountFigures account={account} />}
    >
      {tab === 'holds' ? (
        <Holds accountId={account.id} />
      ) : (
        <>
          <AccountChart account={account} />
          <AccountEntries accountId={account.id} />
        </>
      )}
    </DetailLayout>
  );
}

/** One account: what it has and had, its entries signed towards its normal side, and what is held. */
export function AccountDetail({ id, tab }: { id: string; tab: AccountTab }) {
  const trpc = useTRPC();
  const account = useQuery(trpc.ledger.account.queryOptions({ id }));
  return (
    <Loaded data={account.data} error={shownError(account.error)} onRetry={() => void account.refetch()} lines={8}>
      {(found) => <Body account={found} tab={tab} />}
    </Loaded>
  );
}
