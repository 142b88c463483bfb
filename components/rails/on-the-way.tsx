'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { PayoutView, TopUpView } from '../../server/views/rails.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from '../wallet/wallet.module.css';

/** Top ups and withdrawals under way, and those that failed or came back lately. Nothing where there are none. */
export function OnTheWay({ wallet }: { wallet: WalletView }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const input = { walletId: wallet.id };
  // Whoever comes back from a top up sees it: what was known before is not enough.
  const { data } = useQuery({ ...trpc.rails.onTheWay.queryOptions(input), staleTime: 0 });
  useLive(['wallet'], { queryKeys: [trpc.rails.onTheWay.queryKey(input)] });
  if (!data || data.topUps.length + data.payouts.length === 0) return null;
  return (
    <Section title={t('rails.onTheWay')}>
      <ul className={classes.rows}>
        {data.topUps.map((topUp) => (
          <li key={topUp.id}>
            <TopUpRow topUp={topUp} />
          </li>
        ))}
        {data.payouts.map((payout) => (
          <li key={payout.id}>
            <PayoutRow payout={payout} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function TopUpRow({ topUp }: { topUp: TopUpView }) {
  const { t } = useMessages();
  const query = new URLSearchParams({ w: topUp.walletId, id: topUp.id });
  return (
    <Link
      className={classes.row}
      href={`/account/wallet/top-up?${query}`}
      style={{ gridTemplateColumns: 'minmax(0, 1fr) max-content' }}
    >
      <span className={classes.who}>{t(topUp.method === 'card' ? 'rails.topUpByCard' : 'rails.topUpByBank')}</span>
      <span className={classes.amount} data-pending>
        <Money amountMinor={topUp.amountMinor} currency={topUp.currency} />
      </span>
      <span className={classes.sub}>
        <StatusBadge kind="topUp" value={topUp.status} />
      </span>
      <span className={classes.end}>
        <TimeAgo at={topUp.createdAt} />
      </span>
    </Link>
  );
}

function PayoutRow({ payout }: { payout: PayoutView }) {
  const { t } = useMessages();
  return (
    <div className={classes.row} style={{ gridTemplateColumns: 'minmax(0, 1fr) max-content' }}>
      <span className={classes.who}>{t('rails.withdrawalTo', { account: `${payout.country} … ${payout.last4}` })}</span>
      <span className={classes.amount} data-pending>
        <Money amountMinor={-payout.amountMinor} currency={payout.currency} />
      </span>
      <span className={classes.sub}>
        <StatusBadge kind="payout" value={payout.status} />
      </span>
      <span className={classes.end}>
        <TimeAgo at={payout.createdAt} />
      </span>
    </div>
  );
}
