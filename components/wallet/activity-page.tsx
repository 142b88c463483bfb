'use client';
import { useMoreRows } from '../more-rows.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { ActivityRows } from './activity-rows.tsx';
import { useArrivals, useWallets, withWallet } from './use-wallets.ts';
import classes from './wallet.module.css';
import { WalletSwitcher } from './wallet-switcher.tsx';

function Feed({ walletId }: { walletId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = useMoreRows(trpc.wallet.activity.queryKey({ walletId }), (after) =>
    client.wallet.activity.query({ walletId, after }),
  );
  useArrivals(list.rows);
  return (
    <Loaded data={list.rows} error={list.error} onRetry={list.onRetry} lines={8}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState title={t('wallet.emptyTitle')} reason={t('wallet.empty')} />
        ) : (
          <ActivityRows rows={rows} day="h2" foot={<MoreButton more={list.more} busy={list.busy} />} />
        )
      }
    </Loaded>
  );
}

/** Everything that moved in one wallet. */
export function ActivityPage() {
  const { t } = useMessages();
  const { mine, wallets, chosen, choose } = useWallets();
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: t('wallet.title'), href: withWallet('/account/wallet', chosen) }]}
        title={t('wallet.activity')}
      />
      <div className={classes.single}>
        <Loaded data={mine.data} error={shownError(mine.error)} onRetry={() => void mine.refetch()} lines={8}>
          {() => (
            <div className={classes.column}>
              <WalletSwitcher wallets={wallets} chosen={chosen} onChoose={choose} />
              {chosen ? (
                <Feed key={chosen.id} walletId={chosen.id} />
              ) : (
                <EmptyState title={t('wallet.none')} reason={t('wallet.noneText')} />
              )}
            </div>
          )}
        </Loaded>
      </div>
    </>
  );
}
