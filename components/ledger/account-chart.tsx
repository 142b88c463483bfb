'use client';
import { AreaChart } from '@mantine/charts';
import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsNumberLiteral, useQueryState } from 'nuqs';
import { minorDigits } from '../../server/kernel/money.ts';
import type { AccountDay } from '../../server/views/account-days.ts';
import type { AccountRow } from '../../server/views/accounts.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ChartFigure } from '../ui/chart-figure.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';

const CHART_HEIGHT = 200;
const PERIODS = [30, 90, 365] as const;

function Drawing({ account, days }: { account: AccountRow; days: readonly AccountDay[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const { currency } = account;
  const scale = 10 ** minorDigits(currency);
  const name = t('ledger.balance');
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={currency} />;
  const columns: Column<AccountDay>[] = [
    { key: 'day', header: t('home.day'), cell: (row) => format.day(row.day) },
    { key: 'in', header: t('ledger.moneyIn'), right: true, cell: (row) => money(row.inMinor) },
    { key: 'out', header: t('ledger.moneyOut'), right: true, cell: (row) => money(-row.outMinor) },
    { key: 'balance', header: name, right: true, cell: (row) => money(row.balanceMinor) },
  ];
  const values = days.map((day) => Number(day.balanceMinor) / scale);
  const label = t('ledger.chartLabel', {
    days: days.length,
    from: format.money(days[0]?.balanceMinor ?? 0n, currency, true),
    to: format.money(days.at(-1)?.balanceMinor ?? 0n, currency, true),
  });
  return (
    <ChartFigure label={label} columns={columns} rows={[...days].reverse()} rowKey={(row) => row.day}>
      <AreaChart
        h={CHART_HEIGHT}
        // Pixels need no exactness; every figure in words comes from the integers.
        data={days.map((day, index) => ({ day: day.day, [name]: values[index] }))}
        dataKey="day"
        series={[{ name, color: 'var(--wb-focus)' }]}
        fillOpacity={0.08}
        curveType="stepAfter"
        withDots={false}
        gridAxis="x"
        tickLine="none"
        xAxisProps={{ tickFormatter: format.day, minTickGap: 32 }}
        yAxisProps={{
          domain: [Math.min(0, ...values), 'auto'],
          width: 64,
          tickFormatter: (value: number) => format.compact(value),
        }}
        tooltipProps={{ labelFormatter: (day) => (day ? format.day(String(day)) : '') }}
        valueFormatter={(value) => format.money(BigInt(Math.round(value * scale)), currency)}
        areaChartProps={{ accessibilityLayer: false }}
      />
    </ChartFigure>
  );
}

/** The account's balance at the end of each day. */
export function AccountChart({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { timeZone } = usePreferences();
  const [days, setDays] = useQueryState('days', parseAsNumberLiteral(PERIODS).withDefault(30).withOptions({ history: 'push' }));
  const read = useQuery({
    ...trpc.ledger.days.queryOptions({ id: account.id, days, timeZone }),
    placeholderData: keepPreviousData,
  });
  return (
    <Section
      title={t('ledger.overTime')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('dashboard.period')}
          value={String(days)}
          onChange={(value) => void setDays(PERIODS.find((known) => String(known) === value) ?? 30)}
          data={PERIODS.map((value) => ({ value: String(value), label: t('dashboard.days', { count: value }) }))}
        />
      }
    >
      <Loaded data={read.data} error={shownError(read.error)} onRetry={() => void read.refetch()} lines={6}>
        {(found) => <Drawing account={account} days={found} />}
      </Loaded>
    </Section>
  );
}
