'use client';
import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { WalletView } from '../../server/views/wallets.ts';
import { shownError } from '../trpc.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import move from '../wallet/move.module.css';
import { useWallets, withWallet } from '../wallet/use-wallets.ts';
import classes from '../wallet/wallet.module.css';
import { WalletSwitcher } from '../wallet/wallet-switcher.tsx';

interface PageProps {
  readonly title: string;
  readonly children: (wallet: WalletView, switcher: ReactNode) => ReactNode;
}

/** A page about one of the customer's wallets, made for a thumb: where one is, and the way back. */
export function WalletStep({ title, children }: PageProps) {
  const { t } = useMessages();
  const { mine, wallets, chosen, choose } = useWallets();
  return (
    <div className={`${classes.single} ${move.step}`}>
      <div className={move.stepHead}>
        <ActionIcon
          component={Link}
          href={withWallet('/account/wallet', chosen)}
          size={36}
          aria-label={t('wallet.back')}
          variant="subtle"
        >
          <IconArrowLeft size={20} aria-hidden />
        </ActionIcon>
        <h1 className={move.stepTitle}>{title}</h1>
      </div>
      <Loaded data={mine.data} error={shownError(mine.error)} onRetry={() => void mine.refetch()} lines={6}>
        {() =>
          chosen ? (
            children(chosen, <WalletSwitcher wallets={wallets} chosen={chosen} onChoose={choose} />)
          ) : (
            <EmptyState
              title={t('wallet.none')}
              reason={t('wallet.noneText')}
              action={<Link href="/account/wallet">{t('wallet.title')}</Link>}
            />
          )
        }
      </Loaded>
    </div>
  );
}

interface AmountProps {
  readonly wallet: WalletView;
  readonly value: bigint | null;
  readonly onChange: (amountMinor: bigint | null) => void;
  /** What stands below: how much may be, or why not. */
  readonly hint: string;
  readonly wrong: boolean;
}

/** How much, with what the limits say of it. */
export function AmountField({ wallet, value, onChange, hint, wrong }: AmountProps) {
  const { t } = useMessages();
  return (
    <div>
      <MoneyInput label={t('rails.amount')} currency={wallet.currency} value={value} onChange={onChange} required />
      <p className={move.under} data-wrong={wrong || undefined} aria-live="polite">
        {hint}
      </p>
    </div>
  );
}
