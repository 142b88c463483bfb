'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Deadline } from './deadline.tsx';
import classes from './disputes.module.css';

/** The disputes of an order, beside its money. */
export function OrderDisputes({ orderId }: { orderId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const sees = usePowers().may('disputes.ofOrder');
  const list = useQuery({ ...trpc.disputes.ofOrder.queryOptions({ orderId }), enabled: sees });
  if (!list.data || list.data.items.length === 0) return null;
  return (
    <Section title={t('disputes.title')} count={list.data.items.length}>
      <ul className={classes.list}>
        {list.data.items.map((one) => (
          <li key={one.id}>
            <Link href={`/disputes/${one.number}`}>{one.number}</Link> <StatusBadge kind="dispute" value={one.status} />{' '}
            <Money amountMinor={one.amountMinor} currency={one.currency} /> <Deadline dispute={one} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
