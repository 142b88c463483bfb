'use client';
import { AreaChart, LineChart } from '@mantine/charts';
import type { Minute } from '../../server/views/health.ts';
import { ChartFigure } from '../ui/chart-figure.tsx';
import type { Column } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';

const CHART_HEIGHT = 160;

const AXES = { gridAxis: 'x', tickLine: 'none', withLegend: true, curveType: 'linear' } as const;

/** "14:05" in the reader's zone. */
function useClock() {
  const format = useFormat();
  return (at: Date) => format.time(at);
}

/** How many jobs waited and how long the oldest had, minute by minute; gaps where no worker was there to say. */
export function QueueChart({ minutes }: { minutes: readonly Minute[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const clock = useClock();
  const depth = t('health.jobsWaiting');
  const age = t('health.oldestSeconds');
  const columns: Column<Minute>[] = [
    { key: 'at', header: t('health.minute'), cell: (row) => clock(row.at) },
    { key: 'depth', header: depth, right: true, cell: (row) => <Quantity value={row.queueDepth} /> },
    { key: 'age', header: age, right: true, cell: (row) => <Quantity value={row.queueSeconds} /> },
  ];
  return (
    <Section title={t('health.queueOverTime')}>
      <ChartFigure label={t('health.queueLabel')} columns={columns} rows={minutes} rowKey={(row) => clock(row.at)}>
        <LineChart
          {...AXES}
          h={CHART_HEIGHT}
          data={minutes.map((row) => ({ at: clock(row.at), [depth]: row.queueDepth, [age]: row.queueSeconds }))}
          dataKey="at"
          series={[
            { name: depth, color: 'var(--wb-focus)' },
            { name: age, color: 'var(--wb-attention-fg)', strokeDasharray: '2 3' },
          ]}
          withDots={false}
          connectNulls={false}
          xAxisProps={{ minTickGap: 48 }}
          yAxisProps={{ domain: [0, 'auto'], width: 40, allowDecimals: false, tickFormatter: format.compact }}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </ChartFigure>
    </Section>
  );
}

/** Requests and jobs per minute, and how many of them failed. */
export function LoadChart({ minutes }: { minutes: readonly Minute[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const clock = useClock();
  const requests = t('health.requests');
  const jobs = t('health.jobs');
  const failures = t('health.failures');
  const columns: Column<Minute>[] = [
    { key: 'at', header: t('health.minute'), cell: (row) => clock(row.at) },
    { key: 'requests', header: requests, right: true, cell: (row) => <Quantity value={row.requests} /> },
    { key: 'jobs', header: jobs, right: true, cell: (row) => <Quantity value={row.jobs} /> },
    { key: 'failures', header: failures, right: true, cell: (row) => <Quantity value={row.failures} /> },
  ];
  return (
    <Section title={t('health.load')}>
      <ChartFigure label={t('health.loadLabel')} columns={columns} rows={minutes} rowKey={(row) => clock(row.at)}>
        <AreaChart
          {...AXES}
          h={CHART_HEIGHT}
          data={minutes.map((row) => ({
            at: clock(row.at),
            [requests]: row.requests,
            [jobs]: row.jobs,
            [failures]: row.failures,
          }))}
          dataKey="at"
          series={[
            { name: requests, color: 'var(--wb-focus)' },
            { name: jobs, color: 'var(--wb-dimmed)', strokeDasharray: '4 4' },
            { name: failures, color: 'var(--wb-blocked-fg)', strokeDasharray: '2 3' },
          ]}
          fillOpacity={0.06}
          withDots={false}
          xAxisProps={{ minTickGap: 48 }}
          yAxisProps={{ domain: [0, 'auto'], width: 40, allowDecimals: false, tickFormatter: format.compact }}
          areaChartProps={{ accessibilityLayer: false }}
        />
      </ChartFigure>
    </Section>
  );
}
