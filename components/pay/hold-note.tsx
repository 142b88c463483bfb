'use client';
import { Button } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import { forgetHeld, rememberHeld } from '../shop/cart.ts';
import { refusalOf, shownError } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import styles from './hold-note.module.css';
import classes from './pay.module.css';
import type { useCheckout } from './use-checkout.ts';

/** Says until when the goods are kept, and what can be done when that is over. */
export function HoldNote({ page, checkout }: { page: PayPage; checkout: ReturnType<typeof useCheckout> }) {
  const { t } = useMessages();
  const format = useFormat();
  const errorText = useErrorText();
  const router = useRouter();
  const { hold, token } = checkout;
  const until = page.heldUntil?.getTime();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === undefined) return;
    const timer = setTimeout(() => setNow(Date.now()), Math.max(0, until - Date.now()) + 1);
    return () => clearTimeout(timer);
  }, [until]);
  if (page.heldUntil === null || until === undefined) return null;
  const over = until <= now;
  const refused = hold.error && refusalOf(hold.error);
  const again = async () => {
    await hold.mutateAsync(true).then(
      () => rememberHeld(token),
      () => {}, // said below
    );
    setNow(Date.now());
  };
  const leave = async () => {
    await hold.mutateAsync(false).then(
      () => forgetHeld(token),
      () => {}, // they come back by themselves
    );
    router.push('/shop/cart');
  };
  const missing = (refused?.data?.skus ?? []) as readonly { readonly sku: string; readonly available: number }[];
  const list = missing.map(({ sku, available }) => `${nameOf(page, sku)}: ${available}`).join(', ');
  return (
    <div className={over ? classes.notice : `${classes.notice} ${styles.held}`} role="status">
      <strong>{over ? t('pay.notHeld') : t('pay.held', { time: format.time(page.heldUntil) })}</strong>
      {over && <span>{t('pay.notHeldText')}</span>}
      {hold.error && (
        <span role="alert">
          {refused?.code === 'out_of_stock'
            ? t('pay.leftOnly', { list })
            : errorText(shownError(hold.error) ?? { kind: 'unexpected' })}
        </span>
      )}
      <span className={styles.actions}>
        {over && (
          <Button size="compact-sm" loading={hold.isPending} onClick={() => void again()}>
            {t('pay.holdAgain')}
          </Button>
        )}
        {page.source === 'shop' && (
          <Button size="compact-sm" variant="default" disabled={hold.isPending} onClick={() => void leave()}>
            {t('pay.backToCart')}
          </Button>
        )}
      </span>
    </div>
  );
}

const nameOf = (page: PayPage, sku: string): string => page.lines.find((line) => line.sku === sku)?.name ?? sku;
