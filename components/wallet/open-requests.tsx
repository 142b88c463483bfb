'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { Face } from './activity-rows.tsx';
import classes from './wallet.module.css';

/** Requests that nobody has answered: first what waits for this customer. Nothing where there are none. */
export function OpenRequests() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const list = useQuery(trpc.wallet.requests.queryOptions({ open: true, limit: 50 }));
  const items = [...(list.data?.items ?? [])].sort((a, b) => Number(b.side === 'payer') - Number(a.side === 'payer'));
  if (items.length === 0) return null;
  return (
    <Section title={t('wallet.requests')} count={items.length}>
      <ul className={classes.rows}>
        {items.map((request) => {
          const name = request.person.name ?? (request.person.handle ? `@${request.person.handle}` : t('wallet.somebody'));
          const asks = request.side === 'payer';
          return (
            <li key={request.id}>
              <Link className={classes.row} href={`/account/wallet/requests/${request.id}`} prefetch={false}>
                <Face name={name} tone={asks ? undefined : 'plain'} />
                <span className={classes.who}>{asks ? t('wallet.asksYou', { name }) : t('wallet.youAsk', { name })}</span>
                <span className={classes.amount}>
                  <Money amountMinor={request.amountMinor} currency={request.currency} />
                </span>
                <span className={classes.sub}>{request.note ?? t('wallet.noNote')}</span>
                <span className={classes.end}>
                  <TimeAgo at={request.createdAt} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
