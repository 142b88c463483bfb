'use client';
import { LineChart } from '@mantine/charts';
import type { Dashboard, FulfilmentTime } from '../../server/views/dashboard.ts';
import { ChartFigure } from '../ui/chart-figure.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { EmptyState } from '../ui/states.tsx';

const CHART_HEIGHT = 220;
const HOUR_SECONDS = 3_600;

type Row = FulfilmentTime & { readonly day: string };

/** How long parcels took from the order's placement to the carrier, by the day they left: the middle one, and the slow tenth. */
export function FulfilmentChart({ dashboard }: { dashboard: Dashboard }) {
  const { t } = useMessages();
  const format = useFormat();
  const { fulfilment, fulfilmentDays } = dashboard;
  const median = t('dashboard.median');
  const p90 = t('dashboard.p90');
  const shown = (seconds: number | null) => (seconds === null ? t('ui.unknown') : format.duration(seconds));
  const columns: Column<Row>[] = [
    { key: 'day', header: t('home.day'), cell: (row) => format.day(row.day) },
    { key: 'parcels', header: t('dashboard.parcels'), right: true, cell: (row) => <Quantity value={row.parcels} /> },
    { key: 'median', header: median, right: true, cell: (row) => shown(row.medianSeconds) },
    { key: 'p90', header: p90, right: true, cell: (row) => shown(row.p90Seconds) },
  ];
  const hours = (seconds: number | null) => (seconds === null ? null : seconds / HOUR_SECONDS);
  return (
    <Section title={t('dashboard.fulfilment')}>
      {fulfilment.parcels === 0 ? (
        <EmptyState compact title={t('dashboard.noParcels')} reason={t('dashboard.noParcelsText')} />
      ) : (
        <ChartFigure
          label={t('dashboard.fulfilmentLabel', { median: shown(fulfilment.medianSeconds), p90: shown(fulfilment.p90Seconds) })}
          columns={columns}
          rows={fulfilmentDays}
          rowKey={(row) => row.day}
        >
          <LineChart
            h={CHART_HEIGHT}
            data={fulfilmentDays.map((row) => ({
              day: row.day,
              [median]: hours(row.medianSeconds),
              [p90]: hours(row.p90Seconds),
            }))}
            dataKey="day"
            series={[
              { name: median, color: 'var(--wb-focus)' },
              { name: p90, color: 'var(--wb-attention-fg)', strokeDasharray: '2 3' },
            ]}
            curveType="linear"
            connectNulls
            dotProps={{ r: 2 }}
            withLegend
            gridAxis="x"
            tickLine="none"
            xAxisProps={{ tickFormatter: format.day, minTickGap: 32 }}
            yAxisProps={{
              domain: [0, 'auto'],
              width: 88,
              tickFormatter: (value: number) => (value === 0 ? '0' : format.duration(value * HOUR_SECONDS)),
            }}
            tooltipProps={{ labelFormatter: (day) => (day ? format.day(String(day)) : '') }}
            valueFormatter={(value) => format.duration(value * HOUR_SECONDS)}
            lineChartProps={{ accessibilityLayer: false }}
          />
        </ChartFigure>
      )}
    </Section>
  );
}
