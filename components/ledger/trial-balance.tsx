'use client';
import { TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import type { TrialRow } from '../../server/views/trial-balance.ts';
import { useViewer } from '../shell/console-shell.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Bar } from '../ui/bars.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import classes from './ledger.module.css';

/** The whole ledger balances; a merchant's part of it need not. */
function Verdict({ rows, currency, whole }: { rows: readonly TrialRow[]; currency: string; whole: boolean }) {
  const { t } = useMessages();
  const format = useFormat();
  const sum = (key: 'debitsMinor' | 'creditsMinor') => rows.reduce((total, row) => total + row[key], 0n);
  const [debits, credits] = [sum('debitsMinor'), sum('creditsMinor')];
  if (!whole) {
    return (
      <Bar tone="neutral" title={t('ledger.part')}>
        {t('ledger.partText')}
      </Bar>
    );
  }
  if (debits === credits) {
    return (
      <Bar tone="done" title={t('ledger.balanced')}>
        {t('ledger.balancedText', { currency, amount: format.money(debits, currency) })}
      </Bar>
    );
  }
  return (
    <Bar tone="blocked" title={t('ledger.unbalanced')}>
      {t('ledger.unbalancedText', { currency, amount: format.money(debits - credits, currency) })}
    </Bar>
  );
}

function Table({ rows, currency }: { rows: readonly TrialRow[]; currency: string }) {
  const { t, word } = useMessages();
  const money = (
    key: 'debitsMinor' | 'creditsMinor' | 'pendingDebitsMinor' | 'pendingCreditsMinor',
    header: string,
  ): Column<TrialRow> => ({
    key,
    header,
    right: true,
    cell: (row) => (
      <span className={row[key] === 0n ? classes.nothing : undefined}>
        <Money amountMinor={row[key]} currency={currency} />
      </span>
    ),
    cardCell: (row) => (
      <>
        <span className={classes.nothing}>{header}</span> <Money amountMinor={row[key]} currency={currency} />
      </>
    ),
    footer: <Money amountMinor={rows.reduce((sum, row) => sum + row[key], 0n)} currency={currency} />,
  });
  const columns: Column<TrialRow>[] = [
    { key: 'kind', header: t('ledger.kind'), cell: (row) => word('ledger.accountKinds', row.kind), card: 'title' },
    { key: 'accounts', header: t('ledger.count'), right: true, cell: (row) => <Quantity value={row.accounts} /> },
    { ...money('debitsMinor', t('ledger.debits')), card: 'end' },
    { ...money('creditsMinor', t('ledger.credits')), card: 'endSub' },
    money('pendingDebitsMinor', t('ledger.pendingDebits')),
    money('pendingCreditsMinor', t('ledger.pendingCredits')),
  ];
  return (
    <DataTable
      embedded
      label={`${t('ledger.trial')} ${currency}`}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.kind}
      rowLabel={(row) => word('ledger.accountKinds', row.kind)}
      rowHref={(row) => `/ledger?kind=${row.kind}`}
    />
  );
}

/** Per currency, what was debited and credited by kind of account, and whether both sides agree. */
export function TrialBalance() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const viewer = useViewer();
  const { timeZone } = usePreferences();
  const [asOf, setAsOf] = useQueryState('asof', { history: 'push' });
  const day = asOf !== null && /^\d{4}-\d\d-\d\d$/.test(asOf) ? asOf : null;
  const trial = useQuery({
    ...trpc.ledger.trialBalance.queryOptions(day ? { day, timeZone } : undefined),
    placeholderData: keepPreviousData,
  });
  const picker = (
    <TextInput
      type="date"
      size="xs"
      aria-label={t('ledger.trialAsOf')}
      leftSection={<span className={classes.dayLabel}>{t('ledger.asOf')}</span>}
      leftSectionWidth={52}
      className={classes.day}
      value={day ?? ''}
      onChange={(event) => void setAsOf(event.currentTarget.value || null)}
    />
  );
  return (
    <Loaded data={trial.data} error={shownError(trial.error)} onRetry={() => void trial.refetch()}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState title={t('ledger.emptyTitle')} reason={t('ledger.empty')} />
        ) : (
          [...Map.groupBy(rows, (row) => row.currency)].map(([currency, own], index) => (
            <Section key={currency} title={`${t('ledger.trial')} · ${currency}`} actions={index === 0 ? picker : undefined}>
              <div className={classes.verdict}>
                <Verdict rows={own} currency={currency} whole={viewer.data?.merchantId === null} />
              </div>
              <Table rows={own} currency={currency} />
            </Section>
          ))
        )
      }
    </Loaded>
  );
}
