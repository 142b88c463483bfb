'use client';
import { Button, VisuallyHidden } from '@mantine/core';
import { IconArrowDownLeft, IconArrowUpRight, IconBuildingBank, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type ReactNode, useId } from 'react';
import { refusesSpending } from '../../server/domains/wallet/rules.ts';
import type { MyWallets, WalletView } from '../../server/views/wallets.ts';
import { useOverlay } from '../overlay.ts';
import { OnTheWay } from '../rails/on-the-way.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { ActivityRows } from './activity-rows.tsx';
import { OpenRequests } from './open-requests.tsx';
import { useArrivals, useWallets, withWallet } from './use-wallets.ts';
import classes from './wallet.module.css';
import { WALLET_DIALOGS, type WalletDialog, WalletDialogs } from './wallet-dialogs.tsx';
import { WalletLimits } from './wallet-limits.tsx';
import { WalletSettings } from './wallet-settings.tsx';
import { WalletSwitcher } from './wallet-switcher.tsx';

/** Enough to see what happened lately; the rest has a page of its own. */
const SHOWN = 8;

function Balance({ wallet }: { wallet: WalletView }) {
  const { t } = useMessages();
  const { balanceMinor, heldMinor, expectedMinor, currency } = wallet;
  return (
    <section aria-label={t('wallet.balance')}>
      <p className={classes.balanceLabel}>{t('wallet.balanceIn', { currency })}</p>
      <p className={classes.balance} data-owes={balanceMinor < 0n || undefined} data-testid="balance">
        <Money amountMinor={balanceMinor} currency={currency} />
      </p>
      {(heldMinor > 0n || expectedMinor > 0n) && (
        <p className={classes.beside}>
          {heldMinor > 0n && (
            <span>
              {t('wallet.held')} <Money amountMinor={heldMinor} currency={currency} />
            </span>
          )}
          {expectedMinor > 0n && (
            <span>
              {t('wallet.expected')} <Money amountMinor={expectedMinor} currency={currency} />
            </span>
          )}
        </p>
      )}
    </section>
  );
}

/** Why nothing can be spent, as a page says it; null where it can. */
function useBlocked(): (wallet: WalletView) => string | null {
  const { t } = useMessages();
  return (wallet) => {
    const refused = refusesSpending(wallet, wallet);
    if (!refused) return null;
    return refused.code === 'wallet_negative' ? t('wallet.negative') : t('wallet.frozenShort');
  };
}

function Actions({ wallet }: { wallet: WalletView }) {
  const { t } = useMessages();
  const blocked = useBlocked()(wallet);
  const id = useId();
  return (
    <nav className={classes.actions} aria-label={t('wallet.actions')}>
      {blocked ? (
        <button type="button" className={classes.action} aria-disabled="true" aria-describedby={id}>
          <IconArrowUpRight size={18} aria-hidden />
          {t('wallet.send')}
          <VisuallyHidden id={id}>{blocked}</VisuallyHidden>
        </button>
      ) : (
        <Link className={`${classes.action} ${classes.primary}`} href={withWallet('/account/wallet/send', wallet)}>
          <IconArrowUpRight size={18} aria-hidden />
          {t('wallet.send')}
        </Link>
      )}
      <Link className={classes.action} href={withWallet('/account/wallet/request', wallet)}>
        <IconArrowDownLeft size={18} aria-hidden />
        {t('wallet.ask')}
      </Link>
      <Link className={classes.action} href={withWallet('/account/wallet/top-up', wallet)}>
        <IconPlus size={18} aria-hidden />
        {t('rails.topUp')}
      </Link>
      <Link className={classes.action} href={withWallet('/account/wallet/withdraw', wallet)}>
        <IconBuildingBank size={18} aria-hidden />
        {t('rails.withdraw')}
      </Link>
    </nav>
  );
}

function Notice({ wallet, onUnfreeze }: { wallet: WalletView; onUnfreeze: () => void }) {
  const { t } = useMessages();
  const notice = (text: string, tone?: 'blocked', end?: ReactNode) => (
    <div className={classes.notice} data-tone={tone} role="status">
      <p className={classes.noticeText}>{text}</p>
      {end}
    </div>
  );
  if (wallet.status === 'frozen' && wallet.frozenBy === 'customer')
    return notice(
      t('wallet.frozenByYou'),
      undefined,
      <Button variant="default" onClick={onUnfreeze}>
        {t('wallet.unfreeze')}
      </Button>,
    );
  if (wallet.status === 'frozen') return notice(t('wallet.frozenByUs'), 'blocked');
  if (wallet.balanceMinor < 0n) return notice(t('wallet.negativeText'), 'blocked');
  return null;
}

function Recent({ wallet }: { wallet: WalletView }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const input = { walletId: wallet.id, limit: SHOWN };
  const activity = useQuery(trpc.wallet.activity.queryOptions(input));
  useArrivals(activity.data?.items);
  return (
    <Section
      title={t('wallet.activity')}
      actions={
        activity.data?.next && <Link href={withWallet('/account/wallet/activity', wallet)}>{t('wallet.allActivity')}</Link>
      }
    >
      <Loaded data={activity.data} error={shownError(activity.error)} onRetry={() => void activity.refetch()} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact title={t('wallet.emptyTitle')} reason={t('wallet.empty')} />
          ) : (
            <ActivityRows rows={items} />
          )
        }
      </Loaded>
    </Section>
  );
}

interface PartProps {
  readonly mine: MyWallets;
  readonly wallet: WalletView;
  readonly show: (dialog: WalletDialog) => void;
}

function Parts({ mine, wallet, show, switcher }: PartProps & { switcher: ReactNode }) {
  return (
    <div className={classes.page}>
      <div className={classes.column}>
        {switcher}
        <Balance wallet={wallet} />
        <Notice wallet={wallet} onUnfreeze={() => show('unfreeze')} />
        <Actions wallet={wallet} />
        <OnTheWay wallet={wallet} />
        <OpenRequests />
        <Recent key={wallet.id} wallet={wallet} />
      </div>
      <aside className={classes.column}>
        <WalletLimits wallet={wallet} />
        <WalletSettings wallet={wallet} handle={mine.handle} onShow={show} />
      </aside>
    </div>
  );
}

/** The customer's wallet: what it holds, what can be done, what happened. */
export function WalletHome() {
  const { t } = useMessages();
  const { mine, wallets, chosen, choose } = useWallets();
  const overlay = useOverlay(WALLET_DIALOGS);
  const offered = mine.data?.offered ?? [];
  return (
    <>
      <PageHeader title={t('wallet.title')} />
      <Loaded data={mine.data} error={shownError(mine.error)} onRetry={() => void mine.refetch()} lines={8}>
        {(data) =>
          chosen ? (
            <Parts
              mine={data}
              wallet={chosen}
              show={overlay.show}
              switcher={
                <WalletSwitcher
                  wallets={wallets}
                  chosen={chosen}
                  onChoose={choose}
                  onOpen={offered.length > 0 ? () => overlay.show('open') : undefined}
                />
              }
            />
          ) : (
            <EmptyState
              title={t('wallet.none')}
              reason={t('wallet.noneText')}
              action={<Button onClick={() => overlay.show('open')}>{t('wallet.openFirst')}</Button>}
            />
          )
        }
      </Loaded>
      {overlay.open && mine.data && (
        <WalletDialogs
          dialog={overlay.open}
          mine={mine.data}
          wallet={chosen}
          onClose={overlay.close}
          onOpened={(id) => choose(id)}
        />
      )}
    </>
  );
}
