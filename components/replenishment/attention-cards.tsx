'use client';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { StatCard } from '../ui/stat-card.tsx';

/** What runs low and which lots expire soon, as tiles that lead there. */
export function StockAttentionCards() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const attention = useQuery(trpc.replenishment.attention.queryOptions());
  useLive(['sku'], { queryKeys: [trpc.replenishment.attention.queryKey()] });
  const say = (value: number | undefined): string => (value === undefined ? t('ui.unknown') : format.count(value));
  return (
    <>
      <StatCard label={t('stockIo.home.low')} value={say(attention.data?.low)} href="/stock/low" />
      <StatCard label={t('stockIo.home.expiring')} value={say(attention.data?.expiring)} href="/stock/low?view=expiring" />
    </>
  );
}
