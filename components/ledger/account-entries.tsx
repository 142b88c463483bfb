'use client';
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { parseAsString, useQueryStates } from 'nuqs';
import { zonedInstant } from '../../server/kernel/zoned-day.ts';
import type { EntryRow, TransferPhase } from '../../server/views/entries.ts';
import { oneOf } from '../list-page.ts';
import { useMoreRows } from '../more-rows.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { FilterChips, type ListFilter } from '../ui/list-toolbar.tsx';
import { useMessages, usePreferences } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { EmptyState, Loaded, NoMatch } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { AccountLink } from './account-link.tsx';
import classes from './ledger.module.css';
import { useLedgerWords } from './ledger-words.ts';

const PHASES = ['single', 'pending', 'post', 'void'] as const satisfies readonly TransferPhase[];
const DAY = /^\d{4}-\d\d-\d\d$/;

const moved = ({ phase }: EntryRow): boolean => phase === 'single' || phase === 'post';

function useColumns(): Column<EntryRow>[] {
  const { t } = useMessages();
  const words = useLedgerWords();
  return [
    {
      key: 'kind',
      header: t('ledger.kind'),
      // That money moved goes without saying; that it was only held, or let go, does not.
      cell: (row) =>
        [words.transfer(row.kind), moved(row) ? null : t(`payments.phases.${row.phase}`)].filter(Boolean).join(' · '),
      card: 'title',
    },
    { key: 'when', header: t('ledger.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'sub' },
    {
      key: 'other',
      header: t('ledger.other'),
      cell: (row) => <AccountLink id={row.otherAccount} code={row.otherCode} owner={row.otherName} />,
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
      cell: (row) => (
        <span className={moved(row) ? undefined : classes.held}>
          <Money amountMinor={row.amountMinor} currency={row.currency} />
        </span>
      ),
    },
    {
      key: 'after',
      header: t('ledger.after'),
      right: true,
      card: 'endSub',
      cell: (row) => <Money amountMinor={row.balanceMinor} currency={row.currency} />,
    },
    {
      key: 'version',
      header: t('ledger.version'),
      right: true,
      cell: (row) => <span className="wb-number">{String(row.version)}</span>,
    },
  ];
}

/** The filters of an account's entries, in the address. Days are those of the reader's zone. */
function useEntryFilter() {
  const { timeZone } = usePreferences();
  const [typed, set] = useQueryStates(
    { kind: parseAsString, phase: parseAsString, from: parseAsString, to: parseAsString },
    { history: 'push' },
  );
  const day = (text: string | null) => (text !== null && DAY.test(text) ? text : undefined);
  const [from, to] = [day(typed.from), day(typed.to)];
  const filter = {
    kind: typed.kind ?? undefined,
    phase: oneOf(PHASES, typed.phase ?? undefined),
    from: from === undefined ? undefined : zonedInstant(from, timeZone),
    to: to === undefined ? undefined : zonedInstant(to, timeZone, 1),
  };
  return { filter, typed, set, isSet: Object.values(filter).some((value) => value !== undefined) };
}

function DayField(props: { label: string; value: string | null; onChange: (day: string | null) => void }) {
  return (
    <TextInput
      type="date"
      size="xs"
      className={classes.day}
      aria-label={props.label}
      leftSection={<span className={classes.dayLabel}>{props.label}</span>}
      leftSectionWidth={52}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.currentTarget.value || null)}
    />
  );
}

function Filters({ accountId, state }: { accountId: string; state: ReturnType<typeof useEntryFilter> }) {
  const { t } = useMessages();
  const words = useLedgerWords();
  const trpc = useTRPC();
  const kinds = useQuery(trpc.ledger.entryKinds.queryOptions({ id: accountId }));
  const { typed, set } = state;
  const single = (key: 'kind' | 'phase', label: string, options: ListFilter['options']): ListFilter => ({
    key,
    label,
    options,
    values: typed[key] === null ? [] : [typed[key]],
    onChange: (values) => void set({ [key]: values.at(-1) ?? null }),
  });
  return (
    <div className={classes.filters}>
      <FilterChips
        filters={[
          single(
            'kind',
            t('ledger.kind'),
            (kinds.data ?? []).map((value) => ({ value, label: words.transfer(value) })),
          ),
          single(
            'phase',
            t('payments.phase'),
            PHASES.map((value) => ({ value, label: t(`payments.phases.${value}`) })),
          ),
        ]}
        end={
          <>
            <DayField label={t('ledger.from')} value={typed.from} onChange={(from) => void set({ from })} />
            <DayField label={t('ledger.to')} value={typed.to} onChange={(to) => void set({ to })} />
          </>
        }
      />
    </div>
  );
}

/** An account's entries, newest first, each with the balance after it. */
export function AccountEntries({ accountId }: { accountId: string }) {
  const { t } = useMessages();
  const words = useLedgerWords();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useColumns();
  const state = useEntryFilter();
  const { set } = state;
  const input = { accountId, ...state.filter };
  const list = useMoreRows(trpc.ledger.entries.queryKey(input), (after) => client.ledger.entries.query({ ...input, after }));
  const none = state.isSet ? (
    <NoMatch onClear={() => void set({ kind: null, phase: null, from: null, to: null })} />
  ) : (
    <EmptyState compact title={t('ledger.entries')} reason={t('ledger.noEntries')} />
  );
  return (
    <Section title={t('ledger.entries')}>
      <Filters accountId={accountId} state={state} />
      <Loaded data={list.rows} error={list.error} onRetry={list.onRetry}>
        {(rows) =>
          rows.length === 0 ? (
            none
          ) : (
            <DataTable
              embedded
              keyboard
              label={t('ledger.entries')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              rowLabel={(row) => words.transfer(row.kind)}
              rowHref={(row) => `/ledger/transfers/${row.id}`}
            />
          )
        }
      </Loaded>
      <MoreButton more={list.more} busy={list.busy} />
    </Section>
  );
}
