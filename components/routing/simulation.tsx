'use client';
import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import type { Difference, Outcome, ReplayResult, Totals } from '../../server/domains/routing/replay.ts';
import type { RuleSetRow, RulesPage, SimulationRow } from '../../server/views/routing.ts';
import nodes from '../nodes/nodes.module.css';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';

const MOST_ORDERS = 5_000;
const MOST_DAYS = 366;
const POLL_MS = 1_000;

/** Replays the draft over past orders and compares: what happened, the rules in force, the draft. */
export function Simulations({ page, draft }: { page: RulesPage; draft: RuleSetRow | undefined }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const may = usePowers().may('routing.simulate');
  const [last, setLast] = useState<number | null>(200);
  const [days, setDays] = useState<number | null>(null);
  const start = useMutation(
    trpc.routing.simulate.mutationOptions({
      onSuccess: () => toast.success({ message: t('routing.simulation.started') }),
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.routing.pathFilter()),
    }),
  );
  const [latest] = page.simulations;
  const error = shownError(start.error);
  return (
    <Section title={t('routing.simulation.title')}>
      <p className={nodes.text}>{t('routing.simulation.text')}</p>
      {may && (
        <form
          className={nodes.buttons}
          style={{ alignItems: 'end', marginTop: 12 }}
          onSubmit={(event) => {
            event.preventDefault();
            if (!draft || !last) return;
            const asked = { merchantId: page.merchant.id, lastOrders: last, version: draft.version };
            start.mutate(request.keyed(days === null ? asked : { ...asked, lastDays: days }));
          }}
        >
          <QuantityInput label={t('routing.simulation.last')} value={last} min={1} max={MOST_ORDERS} onChange={setLast} />
          <QuantityInput
            label={t('routing.simulation.days')}
            description={t('routing.simulation.daysText')}
            value={days}
            min={1}
            max={MOST_DAYS}
            onChange={setDays}
          />
          <Button type="submit" variant="default" disabled={!draft || !last} loading={start.isPending}>
            {t('routing.simulation.run')}
          </Button>
          {!draft && <span className={nodes.text}>{t('routing.simulation.needsDraft')}</span>}
        </form>
      )}
      {error && <ErrorState error={error} compact />}
      {latest ? (
        <Latest key={latest.id} started={latest} />
      ) : (
        <EmptyState compact title={t('routing.simulation.title')} reason={t('routing.simulation.empty')} />
      )}
    </Section>
  );
}

const runs = ({ status }: Pick<SimulationRow, 'status'>): boolean => status === 'queued' || status === 'running';

function Latest({ started }: { started: SimulationRow }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const found = useQuery(
    trpc.routing.simulation.queryOptions(
      { id: started.id },
      { refetchInterval: ({ state }) => (!state.data || runs(state.data) ? POLL_MS : false) },
    ),
  );
  const one = found.data ?? { ...started, result: null };
  const of = t('routing.simulation.of', { number: one.number, count: format.number(one.lastOrders) });
  if (one.status === 'failed') return <p>{t('routing.simulation.failed', { error: one.error ?? '' })}</p>;
  if (runs(one) || !one.result)
    return (
      <div role="status">
        <p className={nodes.text}>
          {of} ·{' '}
          {one.status === 'queued'
            ? t('routing.simulation.queued')
            : t('routing.simulation.running', { progress: format.number(one.progress), total: format.number(one.total) })}
        </p>
        <Progress value={one.total > 0 ? (100 * one.progress) / one.total : 0} aria-label={t('routing.simulation.title')} />
      </div>
    );
  return (
    <>
      <p className={nodes.text}>{of}</p>
      <Comparison result={one.result} />
      <Differences result={one.result} />
    </>
  );
}

interface Figure {
  readonly key: string;
  readonly label: string;
  readonly of: (totals: Totals) => number;
  readonly money?: true;
}

function Comparison({ result }: { result: ReplayResult }) {
  const { t } = useMessages();
  const format = useFormat();
  const figure = (key: 'orders' | 'splits' | 'parcels' | 'lateOrders' | 'lateDays' | 'missing'): Figure => ({
    key,
    label: t(`routing.simulation.${key}`),
    of: (totals) => totals[key],
  });
  const codes = [
    ...new Set([result.happened, result.active, result.draft].flatMap(({ nodes: load }) => Object.keys(load))),
  ].sort();
  const rows: Figure[] = [
    { key: 'cost', label: t('routing.simulation.cost'), of: (totals) => totals.costMinor, money: true },
    figure('orders'),
    figure('splits'),
    figure('parcels'),
    figure('lateOrders'),
    figure('lateDays'),
    figure('missing'),
    ...codes.map((code) => ({
      key: `at:${code}`,
      label: t('routing.simulation.load', { code }),
      of: (totals: Totals) => totals.nodes[code]?.orders ?? 0,
    })),
  ];
  const column = (key: Plan, header: string): Column<Figure> =>
    onCards(key, header, (row) =>
      row.money ? (
        <Money amountMinor={BigInt(row.of(result[key]))} currency={result.currency} />
      ) : (
        format.number(row.of(result[key]))
      ),
    );
  return (
    <DataTable
      embedded
      label={t('routing.simulation.title')}
      columns={[
        { key: 'figure', header: t('routing.simulation.figure'), cell: (row) => row.label, card: 'title' },
        { ...column('happened', t('routing.simulation.happened')), right: true },
        { ...column('active', t('routing.simulation.activeRules')), right: true },
        { ...column('draft', t('routing.simulation.draftRules')), right: true },
      ]}
      rows={rows}
      rowKey={(row) => row.key}
      rowLabel={(row) => row.label}
    />
  );
}

type Plan = 'happened' | 'active' | 'draft';
const PLACES = { happened: 'sub', active: 'endSub', draft: 'end' } as const;

/** What one of the three plans says: under its header in a table, with its own label on a phone's card. */
function onCards<Row>(key: Plan, header: string, cell: (row: Row) => ReactNode): Column<Row> {
  const cardCell = (row: Row): ReactNode => (
    <>
      {header}: {cell(row)}
    </>
  );
  return { key, header, cell, card: PLACES[key], cardCell };
}

function Way({ outcome, currency }: { outcome: Outcome; currency: string }) {
  const { t } = useMessages();
  const names = outcome.legs.map((leg) => `${leg.code} (${leg.units})`).join(' + ') || t('routing.simulation.nowhere');
  return (
    <>
      {names} · <Money amountMinor={BigInt(outcome.costMinor)} currency={currency} />
    </>
  );
}

function Differences({ result }: { result: ReplayResult }) {
  const { t } = useMessages();
  const format = useFormat();
  if (result.differing === 0) return <p>{t('routing.simulation.same')}</p>;
  const title = t('routing.simulation.differing', { count: format.number(result.differing) });
  const way = (key: Plan, header: string): Column<Difference> =>
    onCards(key, header, (row) => <Way outcome={row[key]} currency={result.currency} />);
  return (
    <>
      <h3>{title}</h3>
      <DataTable
        embedded
        label={title}
        columns={[
          {
            key: 'order',
            header: t('routing.simulation.order'),
            cell: (row) => <Link href={`/orders/${encodeURIComponent(row.number)}`}>{row.number}</Link>,
            card: 'title',
          },
          way('happened', t('routing.simulation.happened')),
          way('active', t('routing.simulation.activeRules')),
          way('draft', t('routing.simulation.draftRules')),
        ]}
        rows={result.differences}
        rowKey={(row) => row.orderId}
        rowLabel={(row) => row.number}
      />
    </>
  );
}
