'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Dashboard, SoldSku } from '../../server/views/dashboard.ts';
import type { Sales } from '../../server/views/sales.ts';
import { useLive } from '../live.tsx';
import { StockAttentionCards } from '../replenishment/attention-cards.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { BarList } from '../ui/bar-list.tsx';
import { ChartColumns } from '../ui/chart-figure.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { StatCard, StatGrid } from '../ui/stat-card.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { lookOf } from '../ui/status.ts';
import { FulfilmentChart } from './fulfilment-chart.tsx';
import { useComparison, usePeriod } from './period.tsx';
import { SalesChart } from './sales-chart.tsx';

const count = (states: Dashboard['states']): number => states.reduce((sum, { orders }) => sum + orders, 0);

/** The period in a handful of figures, each leading to what it counts. */
function Figures({ dashboard, sales, days }: { dashboard: Dashboard; sales: readonly Sales[]; days: number }) {
  const { t } = useMessages();
  const format = useFormat();
  const compared = useComparison(days);
  const { from, fulfilment, previousFulfilment, refunds, previousRefunds } = dashboard;
  const orders = count(dashboard.states);
  const previousOrders = sales.reduce((sum, one) => sum + one.previousOrders, 0);
  const rate = (value: number | null) => (value === null ? t('ui.unknown') : format.percent(value));
  const { medianSeconds } = fulfilment;
  const parts = { refunded: format.number(refunds.refundedOrders), paid: format.number(refunds.paidOrders) };
  return (
    <StatGrid>
      {sales.map((one) => (
        <StatCard
          key={one.currency}
          label={t('home.sales', { days })}
          value={<Money amountMinor={one.totalMinor} currency={one.currency} withCode={sales.length > 1} />}
          note={compared(one.totalMinor, one.previousTotalMinor)}
          href={`/orders?from=${from}`}
        />
      ))}
      <StatCard
        label={t('home.salesOrders')}
        value={<Quantity value={orders} />}
        note={compared(orders, previousOrders)}
        href={`/orders?from=${from}`}
      />
      <StatCard
        label={t('dashboard.timeToShip')}
        value={medianSeconds === null ? t('ui.unknown') : format.duration(medianSeconds)}
        note={compared(medianSeconds, previousFulfilment.medianSeconds)}
        href="/shipments"
      />
      <StatCard
        label={t('dashboard.refundRate')}
        value={rate(refunds.rate)}
        note={t('dashboard.refundNote', { ...parts, previous: rate(previousRefunds.rate) })}
        href={`/orders?from=${from}&payment=PARTIALLY_REFUNDED,REFUNDED`}
      />
      <StockAttentionCards />
    </StatGrid>
  );
}

function States({ dashboard }: { dashboard: Dashboard }) {
  const { t } = useMessages();
  const format = useFormat();
  const all = count(dashboard.states);
  return (
    <Section title={t('dashboard.states')}>
      <BarList
        label={t('dashboard.states')}
        rows={dashboard.states.map(({ status, orders }) => ({
          key: status,
          label: <StatusBadge kind="order" value={status} />,
          tone: lookOf('order', status).tone,
          size: orders,
          value: all === 0 ? format.number(orders) : `${format.number(orders)} · ${format.percent(orders / all)}`,
          href: `/orders?from=${dashboard.from}&status=${status}`,
        }))}
      />
    </Section>
  );
}

function TopSkus({ currency, skus, many }: { currency: string; skus: readonly SoldSku[]; many: boolean }) {
  const { t } = useMessages();
  const title = many ? `${t('dashboard.topSkus')} · ${currency}` : t('dashboard.topSkus');
  return (
    <Section title={title}>
      <BarList
        label={title}
        rows={skus.map((sku) => ({
          key: `${sku.skuCode}${sku.name}`,
          label: (
            <>
              {sku.skuCode && <span className="wb-mono">{sku.skuCode}</span>} {sku.name}
            </>
          ),
          size: Number(sku.revenueMinor),
          value: (
            <>
              <Money amountMinor={sku.revenueMinor} currency={currency} /> · {t('dashboard.units', { count: Number(sku.units) })}
            </>
          ),
          href: sku.skuCode ? `/products/${encodeURIComponent(sku.skuCode)}` : undefined,
        }))}
      />
    </Section>
  );
}

function Body({ dashboard, sales, days }: { dashboard: Dashboard; sales: readonly Sales[]; days: number }) {
  const skus = [...Map.groupBy(dashboard.topSkus, (sku) => sku.currency)];
  return (
    <>
      <Figures dashboard={dashboard} sales={sales} days={days} />
      {sales.map((one) => (
        <SalesChart key={one.currency} sales={one} days={days} />
      ))}
      <ChartColumns>
        <States dashboard={dashboard} />
        <FulfilmentChart dashboard={dashboard} />
      </ChartColumns>
      {skus.map(([currency, own]) => (
        <TopSkus key={currency} currency={currency} skus={own} many={skus.length > 1} />
      ))}
    </>
  );
}

/** A merchant's period against the one before it: what was sold, where orders are, how fast parcels leave, what sells, what comes back. */
export function SalesDashboard() {
  const { t } = useMessages();
  const { timeZone } = usePreferences();
  const { days } = usePeriod();
  const trpc = useTRPC();
  const input = { days, timeZone };
  const sales = useQuery({ ...trpc.home.sales.queryOptions(input), placeholderData: keepPreviousData });
  const dashboard = useQuery({ ...trpc.home.dashboard.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.home.sales.queryKey(), trpc.home.dashboard.queryKey()] });
  const both = sales.data && dashboard.data ? { sales: sales.data, dashboard: dashboard.data } : undefined;
  const again = () => void Promise.all([sales.refetch(), dashboard.refetch()]);
  return (
    <Loaded data={both} error={shownError(sales.error ?? dashboard.error)} onRetry={again} lines={12}>
      {(found) =>
        found.sales.length === 0 ? (
          <EmptyState title={t('home.noSales')} reason={t('home.noSalesText', { days })} />
        ) : (
          <Body {...found} days={days} />
        )
      }
    </Loaded>
  );
}
