'use client';
import { IconPlus } from '@tabler/icons-react';
import type { WalletView } from '../../server/views/wallets.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import classes from './wallet.module.css';

interface Props {
  readonly wallets: readonly WalletView[];
  readonly chosen: WalletView | undefined;
  readonly onChoose: (id: string) => void;
  /** Opens one more; left out where that is not offered. */
  readonly onOpen?: (() => void) | undefined;
}

/** Which of several wallets is looked at. Nothing where there is one and no other can be opened. */
export function WalletSwitcher({ wallets, chosen, onChoose, onOpen }: Props) {
  const { t } = useMessages();
  if (wallets.length < 2 && !onOpen) return null;
  return (
    <ul className={classes.switcher} aria-label={t('wallet.yourWallets')}>
      {wallets.length > 1 &&
        wallets.map((wallet) => (
          <li key={wallet.id}>
            <button
              type="button"
              className={classes.tab}
              aria-pressed={wallet.id === chosen?.id}
              onClick={() => onChoose(wallet.id)}
            >
              {wallet.currency}
              <span className={classes.dim}>
                <Money amountMinor={wallet.balanceMinor} currency={wallet.currency} />
              </span>
            </button>
          </li>
        ))}
      {onOpen && (
        <li>
          <button type="button" className={classes.tab} onClick={onOpen}>
            <IconPlus size={16} aria-hidden />
            {t('wallet.openAnother')}
          </button>
        </li>
      )}
    </ul>
  );
}
