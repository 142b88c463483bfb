'use client';
import { LineChart } from '@mantine/charts';
import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { parseAsNumberLiteral, useQueryState } from 'nuqs';
import type { StockPage } from '../../server/views/stock.ts';
import type { StockDay } from '../../server/views/stock-days.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { ChartFigure } from '../ui/chart-figure.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';

const CHART_HEIGHT = 220;
const PERIODS = [30, 90] as const;

function Chart({ sku, rows, days }: { sku: StockPage['sku']; rows: readonly StockDay[]; days: number }) {
  const { t } = useMessages();
  const format = useFormat();
  const router = useRouter();
  const onHand = t('stock.onHand');
  const promised = t('stock.promised');
  const hrefOf = (day: string) => `/stock/movements?sku=${sku.id}&everything=1&from=${day}&to=${day}`;
  const columns: Column<StockDay>[] = [
    { key: 'day', header: t('home.day'), cell: (row) => format.day(row.day) },
    { key: 'onHand', header: onHand, right: true, cell: (row) => <Quantity value={row.onHand} /> },
    { key: 'promised', header: promised, right: true, cell: (row) => <Quantity value={row.promised} /> },
    { key: 'came', header: t('stock.days.came'), right: true, cell: (row) => <Quantity value={row.came} /> },
    { key: 'left', header: t('stock.days.left'), right: true, cell: (row) => <Quantity value={row.left} /> },
  ];
  const last = rows.at(-1);
  const figures = { days, onHand: format.number(last?.onHand ?? 0n), promised: format.number(last?.promised ?? 0n) };
  return (
    <ChartFigure
      label={t('stock.days.label', figures)}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.day}
      rowHref={(row) => hrefOf(row.day)}
    >
      <LineChart
        h={CHART_HEIGHT}
        // Pixels need no exactness; every figure in words comes from the integers.
        data={rows.map((row) => ({ day: row.day, [onHand]: Number(row.onHand), [promised]: Number(row.promised) }))}
        dataKey="day"
        series={[
          { name: onHand, color: 'var(--wb-focus)' },
          { name: promised, color: 'var(--wb-attention-fg)', strokeDasharray: '4 3' },
        ]}
        // What is there stays until something moves: a slope would invent movements.
        curveType="stepAfter"
        withDots={false}
        withLegend
        gridAxis="x"
        tickLine="none"
        xAxisProps={{ tickFormatter: format.day, minTickGap: 32 }}
        yAxisProps={{
          domain: [0, 'auto'],
          width: 56,
          allowDecimals: false,
          tickFormatter: (value: number) => format.compact(value),
        }}
        tooltipProps={{ labelFormatter: (day) => (day ? format.day(String(day)) : '') }}
        valueFormatter={(value) => format.number(value)}
        lineChartProps={{
          accessibilityLayer: false,
          style: { cursor: 'pointer' },
          onClick: ({ activeLabel }: { activeLabel?: string | number | undefined }) => {
            if (activeLabel !== undefined) router.push(hrefOf(String(activeLabel)));
          },
        }}
      />
    </ChartFigure>
  );
}

/** What there was and what was promised at the end of each day. A day leads to what moved on it. */
export function StockChart({ sku }: { sku: StockPage['sku'] }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { timeZone } = usePreferences();
  const [days, setDays] = useQueryState('days', parseAsNumberLiteral(PERIODS).withDefault(30).withOptions({ history: 'push' }));
  const query = useQuery({
    ...trpc.stock.days.queryOptions({ skuId: sku.id, days, timeZone }),
    placeholderData: keepPreviousData,
  });
  useLive([`sku:${sku.id}`, 'order', 'reservation'], { queryKeys: [trpc.stock.days.queryKey()] });
  const picker = (
    <SegmentedControl
      size="xs"
      aria-label={t('dashboard.period')}
      value={String(days)}
      onChange={(value) => void setDays(PERIODS.find((known) => String(known) === value) ?? 30)}
      data={PERIODS.map((value) => ({ value: String(value), label: t('dashboard.days', { count: value }) }))}
    />
  );
  return (
    <Section title={t('stock.days.title')} actions={picker}>
      <Loaded data={query.data} error={shownError(query.error)} onRetry={() => void query.refetch()}>
        {(rows) => <Chart sku={sku} rows={rows} days={days} />}
      </Loaded>
    </Section>
  );
}
