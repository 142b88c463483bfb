'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { NodeRow } from '../../server/views/routing.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { formatCount } from '../ui/format.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';

/** How much of its day's capacity a node has taken. Without a capacity nothing is counted. */
function usedOf(node: NodeRow): { readonly used: number; readonly most: number } | null {
  const { capacityPerDay, capacityUnit } = node.facts;
  if (capacityPerDay === null) return null;
  return { used: capacityUnit === 'units' ? node.unitsToday : node.ordersToday, most: capacityPerDay };
}

/** What there is to do at a node, each with the page where it is done. */
export function NodeWork({ node }: { node: NodeRow }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const asked = { id: node.id };
  const work = useQuery(trpc.nodes.work.queryOptions(asked));
  useLive(['order', 'purchase_order', 'transfer', 'stock_count'], { queryKeys: [trpc.nodes.work.queryKey(asked)] });
  const load = usedOf(node);
  const counted = (count: number, href: string): ReactNode => (count === 0 ? '0' : <Link href={href}>{formatCount(count)}</Link>);
  const queue = (stage: string) => `/shipments/queue?view=${node.code}${stage}`;
  return (
    <Section title={t('routing.work.title')}>
      <Loaded data={work.data} error={shownError(work.error)} onRetry={() => void work.refetch()} lines={6}>
        {(found) => (
          <KeyValue
            figures
            items={[
              {
                label: t('routing.node.today'),
                value: load
                  ? t('routing.node.usedOf', { used: format.number(load.used), most: format.number(load.most) })
                  : t('routing.node.unlimited'),
                strong: load !== null && load.used >= load.most,
              },
              { label: t('routing.work.orders'), value: counted(found.orders, queue('')) },
              { label: t('routing.work.picking'), value: counted(found.picking, queue('&stage=picking')) },
              { label: t('routing.work.packed'), value: counted(found.packed, queue('&stage=packed')) },
              ...(found.late > 0 ? [{ label: t('routing.work.late'), value: counted(found.late, queue('')), strong: true }] : []),
              ...(found.requests > 0 ? [{ label: t('routing.work.requests'), value: counted(found.requests, '/partners') }] : []),
              ...(found.pickups > 0 ? [{ label: t('routing.work.pickups'), value: counted(found.pickups, '/pickup') }] : []),
              ...found.manifests.map((number) => ({
                label: t('routing.work.manifest'),
                value: <Link href={`/shipments/manifests/${number}`}>{number}</Link>,
              })),
              { label: t('routing.work.purchaseOrders'), value: counted(found.purchaseOrders, '/purchase-orders') },
              { label: t('routing.work.transfers'), value: counted(found.transfers, '/transfers') },
              { label: t('routing.work.counts'), value: counted(found.counts, '/counts') },
              {
                label: t('routing.work.stock'),
                value: <Link href={`/stock?node=${found.nodeCode}`}>{t('routing.work.levels')}</Link>,
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
