'use client';
import type { LimitUse, WalletView } from '../../server/views/wallets.ts';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import classes from './wallet.module.css';

const PERCENT = 100n;

/** A limit as a bar that fills with what was used of it. */
export function LimitBar({ label, use, currency }: { label: string; use: LimitUse; currency: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const { limitMinor, usedMinor, leftMinor, resetsAt } = use;
  const share = limitMinor > 0n ? Number((usedMinor * PERCENT) / limitMinor) : 0;
  return (
    <div className={classes.limit}>
      <span className={classes.limitLine}>
        <span>{label}</span>
        <span className="wb-number">
          {t('wallet.limits.left', { left: format.money(leftMinor, currency), limit: format.money(limitMinor, currency) })}
        </span>
      </span>
      <span className={classes.meter} aria-hidden>
        <span style={{ width: `${Math.min(share, 100)}%` }} />
      </span>
      <span className={classes.dim}>{t('wallet.limits.resets', { at: format.dateTime(resetsAt) })}</span>
    </div>
  );
}

/** What the wallet may do, and how much of it is left. */
export function WalletLimits({ wallet }: { wallet: WalletView }) {
  const { t } = useMessages();
  const { limits, currency } = wallet;
  return (
    <Section title={t('wallet.limits.title')}>
      <LimitBar label={t('wallet.limits.today')} use={limits.dayOut} currency={currency} />
      <LimitBar label={t('wallet.limits.month')} use={limits.monthOut} currency={currency} />
      <div style={{ marginTop: 16 }}>
        <KeyValue
          figures
          items={[
            { label: t('wallet.limits.tier'), value: t(`wallet.tiers.${wallet.tier}`) },
            { label: t('wallet.limits.once'), value: <Money amountMinor={limits.perTransferMinor} currency={currency} /> },
            { label: t('wallet.limits.most'), value: <Money amountMinor={limits.balanceMinor} currency={currency} /> },
          ]}
        />
      </div>
    </Section>
  );
}
