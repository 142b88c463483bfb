'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import { refusalOf, shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import styles from './cart.module.css';
import { type CartLine, rememberCheckout, rememberHeld } from './cart.ts';
import classes from './shop.module.css';

/** The way from the cart to paying: opens a checkout and goes there. */
export function CheckOutButton({ lines, blocked }: { lines: readonly CartLine[]; blocked: string | null }) {
  const { t, locale } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const errorText = useErrorText();
  const [leaving, setLeaving] = useState(false);
  const open = useMutation(
    trpc.pay.open.mutationOptions({
      onSuccess: ({ token }) => {
        rememberCheckout(
          token,
          lines.map((line) => line.handle),
        );
        rememberHeld(token);
        setLeaving(true);
        router.push(`/pay/${token}`);
      },
      // What is left is on the cart's lines.
      onError: () => queryClient.invalidateQueries(trpc.shop.cart.queryFilter()),
    }),
  );
  const wanted = lines.map(({ handle, quantity }) => ({ handle, quantity }));
  return (
    <div className={styles.checkOut}>
      <ActionButton
        label={t('shop.checkOut')}
        reason={blocked}
        loading={open.isPending || leaving}
        onClick={() => open.mutate({ lines: wanted, locale, idempotencyKey: newId() })}
      />
      {open.error && (
        <p className={classes.soldOut} role="alert">
          {refusalOf(open.error)?.code === 'out_of_stock'
            ? t('shop.faster')
            : errorText(shownError(open.error) ?? { kind: 'unexpected' })}
        </p>
      )}
    </div>
  );
}
