'use client';
import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SALES_CHANNELS, type SalesChannel } from '../../server/kernel/vocabulary.ts';
import type { AvailabilityView } from '../../server/views/availability.ts';
import type { StockPage } from '../../server/views/stock.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';

interface ChannelRow {
  readonly channel: SalesChannel;
  readonly rule: AvailabilityView['channels'][number] | undefined;
  readonly available: bigint;
}

function Channels({ view }: { view: AvailabilityView }) {
  const { t } = useMessages();
  const rows = SALES_CHANNELS.map((channel): ChannelRow => {
    const rule = view.channels.find((each) => each.channel === channel);
    return { channel, rule, available: rule?.available ?? view.available };
  });
  const none = t('stock.promises.noLimit');
  const columns: Column<ChannelRow>[] = [
    { key: 'channel', header: t('stock.promises.channel'), cell: (row) => t(`stock.promises.channels.${row.channel}`) },
    {
      key: 'buffer',
      header: t('stock.promises.buffer'),
      right: true,
      cell: (row) => (row.rule ? <Quantity value={row.rule.buffer} /> : t('ui.unknown')),
    },
    {
      key: 'cap',
      header: t('stock.promises.cap'),
      right: true,
      cell: (row) => (row.rule && row.rule.cap !== null ? <Quantity value={row.rule.cap} /> : none),
    },
    {
      key: 'promised',
      header: t('stock.promised'),
      right: true,
      cell: (row) => (row.rule ? <Quantity value={row.rule.promised} /> : t('ui.unknown')),
    },
    { key: 'available', header: t('stock.available'), right: true, cell: (row) => <Quantity value={row.available} /> },
  ];
  const label = t('stock.promises.byChannel');
  return (
    <DataTable
      embedded
      label={label}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.channel}
      rowLabel={(row) => row.channel}
    />
  );
}

function Figures({ view }: { view: AvailabilityView }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <KeyValue
      figures
      items={[
        { label: t('stock.available'), value: <Quantity value={view.available} />, strong: true },
        ...(view.beyondStock > 0n
          ? [
              {
                label: view.beyondStockOn
                  ? t('stock.promises.beyondOn', { day: format.date(new Date(`${view.beyondStockOn}T00:00:00Z`)) })
                  : t('stock.promises.beyond'),
                value: <Quantity value={view.beyondStock} />,
              },
            ]
          : []),
        { label: t('stock.promised'), value: <Quantity value={view.promised} /> },
        {
          label: t('stock.promises.reserved', { count: view.reservations }),
          value: <Quantity value={view.reserved} />,
        },
        { label: t('stock.safety'), value: <Quantity value={view.safety} /> },
        ...view.later.map((day) => ({
          label: t('stock.promises.later', { day: format.date(new Date(`${day.on}T00:00:00Z`)) }),
          value: <Quantity value={day.available} />,
        })),
      ]}
    />
  );
}

/** What may be promised of a SKU: to everybody, to each channel, and when there will be more. */
export function PromisesPanel({ page }: { page: StockPage }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const asked = { code: page.sku.code, merchantId: page.sku.merchantId };
  const query = useQuery(trpc.promises.get.queryOptions(asked));
  useLive(['sku', 'order', 'reservation'], { queryKeys: [trpc.promises.get.queryKey(asked)] });
  return (
    <Section title={t('stock.promises.title')}>
      <Loaded data={query.data} error={shownError(query.error)} onRetry={() => void query.refetch()}>
        {(view) => (
          <Stack gap={16}>
            <Figures view={view} />
            <Channels view={view} />
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}
