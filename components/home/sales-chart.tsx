'use client';
import { AreaChart } from '@mantine/charts';
import { useRouter } from 'next/navigation';
import { minorDigits } from '../../server/kernel/money.ts';
import type { Sales, SalesDay } from '../../server/views/sales.ts';
import { ChartFigure } from '../ui/chart-figure.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';

const CHART_HEIGHT = 240;

interface Row extends SalesDay {
  readonly previousMinor: bigint;
}

const hrefOf = (day: string): string => `/orders?day=${day}`;

/** What was sold on each day against the same day of the period before, in one currency. A day leads to its orders. */
export function SalesChart({ sales, days }: { sales: Sales; days: number }) {
  const { t } = useMessages();
  const format = useFormat();
  const router = useRouter();
  const { currency } = sales;
  const scale = 10 ** minorDigits(currency);
  const now = t('dashboard.thisPeriod', { days });
  const before = t('home.previous', { days });
  const rows = sales.days.map((day, i): Row => ({ ...day, previousMinor: sales.previousDays[i]?.totalMinor ?? 0n }));
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={currency} />;
  const columns: Column<Row>[] = [
    { key: 'day', header: t('home.day'), cell: (row) => format.day(row.day) },
    { key: 'orders', header: t('home.salesOrders'), right: true, cell: (row) => <Quantity value={row.orders} /> },
    { key: 'sales', header: now, right: true, cell: (row) => money(row.totalMinor), footer: money(sales.totalMinor) },
    {
      key: 'before',
      header: before,
      right: true,
      cell: (row) => money(row.previousMinor),
      footer: money(sales.previousTotalMinor),
    },
  ];
  const label = t('dashboard.salesLabel', { days, total: format.money(sales.totalMinor, currency, true) });
  return (
    <Section title={t('dashboard.salesPerDay', { currency })}>
      <ChartFigure label={label} columns={columns} rows={rows} rowKey={(row) => row.day} rowHref={(row) => hrefOf(row.day)}>
        <AreaChart
          h={CHART_HEIGHT}
          // Pixels need no exactness; every figure in words comes from the integers.
          data={rows.map((row) => ({
            day: row.day,
            [now]: Number(row.totalMinor) / scale,
            [before]: Number(row.previousMinor) / scale,
          }))}
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
          xAxisProps={{ tickFormatter: format.day, minTickGap: 32 }}
          yAxisProps={{ domain: [0, 'auto'], width: 64, tickFormatter: (value: number) => format.compact(value) }}
          tooltipProps={{ labelFormatter: (day) => (day ? format.day(String(day)) : '') }}
          valueFormatter={(value) => format.money(BigInt(Math.round(value * scale)), currency)}
          areaChartProps={{
            accessibilityLayer: false,
            style: { cursor: 'pointer' },
            onClick: ({ activeLabel }: { activeLabel?: string | number | undefined }) => {
              if (activeLabel !== undefined) router.push(hrefOf(String(activeLabel)));
            },
          }}
        />
      </ChartFigure>
    </Section>
  );
}
