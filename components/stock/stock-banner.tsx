'use client';
import { Button, Group } from '@mantine/core';
import Link from 'next/link';
import type { StockPage } from '../../server/views/stock.ts';
import { usePowers } from '../powers.ts';
import { NextActionBanner } from '../ui/bars.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { inboundHref, useInbound } from './stock-inbound.tsx';

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What should be done about a SKU first: missing units are counted or received; what is sold out is ordered, or waited for. */
export function StockBanner({ page }: { page: StockPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const powers = usePowers();
  const { sku, supply, nodes, work } = page;
  const [coming] = useInbound(sku.id).data ?? [];
  const receive = coming && powers.may('purchaseOrders.receive') && (
    <Button component={Link} href={inboundHref(coming)} size="xs" variant="default">
      {t('stock.banner.receive', { number: coming.number })}
    </Button>
  );
  if (work.length > 0) {
    const shortfall = supply.reduce((sum, region) => sum + region.shortfall, 0n);
    const short = nodes.reduce((sum, node) => sum + node.short, 0n);
    const reasons = [...new Set(work.map((one) => (one.nodeCode ? `${one.nodeCode}: ${one.reason}` : one.reason)))].join('; ');
    return (
      <NextActionBanner
        tone="blocked"
        title={t('stock.banner.short', { count: Number(larger(shortfall, short)) })}
        text={t('stock.banner.shortText', { reasons })}
        action={
          <Group gap={8} wrap="nowrap">
            {powers.may('counts.create') && (
              <Button component={Link} href="/counts?do=new" size="xs" variant="default">
                {t('stock.banner.count')}
              </Button>
            )}
            {receive}
          </Group>
        }
      />
    );
  }
  const available = supply.reduce((sum, region) => sum + region.available, 0n);
  if (!sku.stocked || supply.length === 0 || available > 0n) return null;
  if (coming) {
    const day = coming.expectedOn ? format.day(coming.expectedOn) : null;
    const vars = { count: Number(coming.units), number: coming.number, day: day ?? '' };
    return (
      <NextActionBanner
        tone="moving"
        title={t('stock.banner.soldOut')}
        text={t(day ? 'stock.banner.comingOn' : 'stock.banner.coming', vars)}
        action={receive}
      />
    );
  }
  return (
    <NextActionBanner
      title={t('stock.banner.soldOut')}
      text={t('stock.banner.nothingComes')}
      action={
        powers.may('purchaseOrders.create') && (
          <Button component={Link} href="/purchase-orders?do=new" size="xs" variant="default">
            {t('stock.banner.order')}
          </Button>
        )
      }
    />
  );
}
