'use client';
import { AreaChart } from '@mantine/charts';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { minorDigits } from '../../server/kernel/money.ts';
import type { Sales } from '../../server/views/sales.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';

const DAYS = 30;
const CHART_HEIGHT = 240;

/** A share of change against the period before; null where there was nothing to compare with. */
function change(now: bigint | number, before: bigint | number): number | null {
  return Number(before) === 0 ? null : (Number(now) - Number(before)) / Number(before);
}

function useComparison() {
  const { t } = useMessages();
  const format = useFormat();
  return (now: bigint | number, before: bigint | number) => {
    const delta = change(now, before);
    const shown = delta === null ? t('ui.unknown') : `${delta > 0 ? '+' : ''}${format.percent(delta)}`;
    return t('ui.compared', { delta: shown, period: t('home.previous', { days: DAYS }) });
  };
}

function Chart({ sales }: { sales: Sales }) {
  const { t } = useMessages();
  const format = useFormat();
  const router = useRouter();
  // Pixels need no exactness; every figure in words comes from the integers.
  const major = (amountMinor: bigint) => Number(amountMinor) / 10 ** minorDigits(sales.currency);
  const now = t('home.sales', { days: DAYS });
  const before = t('home.previous', { days: DAYS });
  const data = sales.days.map((day, i) => ({
    day: day.day,
    [now]: major(day.totalMinor),
    [before]: major(sales.previousDays[i]?.totalMinor ?? 0n),
  }));
  return (
    <AreaChart
      h={CHART_HEIGHT}
      data={data}
      dataKey="day"
      series={[
        { name: now, color: 'var(--wb-focus)' },
        { name: before, color: 'var(--wb-dimmed)', strokeDasharray: '4 4' },
      ]}
      fillOpacity={0.08}
      curveType="linear"
      withDots={false}
      withLegend
      gridAxis="x"
      tickLine="none"
      xAxisProps={{ tickFormatter: (day: string) => format.date(new Date(`${day}T12:00:00Z`)), minTickGap: 48 }}
      yAxisProps={{ domain: [0, 'auto'], width: 72, tickFormatter: (value: number) => format.number(value) }}
      valueFormatter={(value) => format.money(BigInt(Math.round(value * 10 ** minorDigits(sales.currency))), sales.currency)}
      areaChartProps={{
        onClick: ({ activeLabel }: { activeLabel?: string | number | undefined }) => {
          if (activeLabel !== undefined) router.push(`/orders?day=${activeLabel}`);
        },
      }}
    />
  );
}

function Currency({ sales }: { sales: Sales }) {
  const { t } = useMessages();
  const compared = useComparison();
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={sales.currency} />;
  return (
    <Section title={`${t('home.sales', { days: DAYS })} · ${sales.currency}`}>
      <StatGrid>
        <StatCard
          label={t('home.sales', { days: DAYS })}
          value={money(sales.totalMinor)}
          note={compared(sales.totalMinor, sales.previousTotalMinor)}
          href="/orders?within=30"
        />
        <StatCard
          label={t('home.salesOrders')}
          value={<Quantity value={sales.orders} />}
          note={compared(sales.orders, sales.previousOrders)}
          href="/orders?within=30"
        />
        <StatCard label={t('home.salesRefunded')} value={money(sales.refundedMinor)} href="/refunds" />
      </StatGrid>
      <Chart sales={sales} />
    </Section>
  );
}

/** Sales of the last 30 days, per currency, against the 30 before. */
export function SalesDashboard() {
  const { t } = useMessages();
  const { timeZone } = usePreferences();
  const trpc = useTRPC();
  const input = { days: DAYS, timeZone };
  const sales = useQuery(trpc.home.sales.queryOptions(input));
  useLive(['order'], { queryKeys: [trpc.home.sales.queryKey()] });
  return (
    <Loaded data={sales.data} error={shownError(sales.error)} onRetry={() => void sales.refetch()} lines={8}>
      {(found) =>
        found.length === 0 ? (
          <EmptyState title={t('home.noSales')} reason={t('home.noSalesText', { days: DAYS })} />
        ) : (
          found.map((one) => <Currency key={one.currency} sales={one} />)
        )
      }
    </Loaded>
  );
}
