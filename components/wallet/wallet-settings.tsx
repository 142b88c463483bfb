'use client';
import { IconAt, IconFileText, IconSnowflake, IconSunHigh, IconX } from '@tabler/icons-react';
import type { WalletView } from '../../server/views/wallets.ts';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './wallet.module.css';
import type { WalletDialog } from './wallet-dialogs.tsx';

interface Props {
  readonly wallet: WalletView;
  readonly handle: string | null;
  readonly onShow: (dialog: WalletDialog) => void;
}

/** The handle, the statement of the month so far, freezing, closing. */
export function WalletSettings({ wallet, handle, onShow }: Props) {
  const { t } = useMessages();
  const icon = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;
  return (
    <Section title={t('wallet.settings')}>
      <ul className={classes.links}>
        <li>
          <button type="button" onClick={() => onShow('handle')}>
            <IconAt {...icon} />
            {t('wallet.handle.title')}
            <span className={classes.value}>{handle ? `@${handle}` : t('wallet.handle.none')}</span>
          </button>
        </li>
        <li>
          <a href={`/api/documents/statements/${wallet.accountId}.pdf`} target="_blank" rel="noopener">
            <IconFileText {...icon} />
            {t('wallet.statement')}
            <span className={classes.value}>{t('wallet.thisMonth')}</span>
          </a>
        </li>
        {wallet.status === 'active' && (
          <li>
            <button type="button" onClick={() => onShow('freeze')}>
              <IconSnowflake {...icon} />
              {t('wallet.freeze')}
            </button>
          </li>
        )}
        {wallet.status === 'frozen' && wallet.frozenBy === 'customer' && (
          <li>
            <button type="button" onClick={() => onShow('unfreeze')}>
              <IconSunHigh {...icon} />
              {t('wallet.unfreeze')}
            </button>
          </li>
        )}
        <li>
          <button type="button" onClick={() => onShow('close')}>
            <IconX {...icon} />
            {t('wallet.close')}
          </button>
        </li>
      </ul>
    </Section>
  );
}
