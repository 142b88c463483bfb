'use client';
import { Anchor } from '@mantine/core';
import { signOut } from 'next-auth/react';
import { refusalOf } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';

/** Whether the server wants to be sure that it is still the same person. */
export const wantsSignIn = (error: unknown): boolean => refusalOf(error)?.code === 'fresh_sign_in_required';

/** Signs out and in again, and comes back to where one was. */
export function SignInAgain({ back }: { back: string }) {
  const { t } = useMessages();
  const next = `/sign-in?next=${encodeURIComponent(back)}`;
  return (
    <Anchor component="button" type="button" onClick={() => void signOut({ callbackUrl: next })}>
      {t('wallet.signInAgain')}
    </Anchor>
  );
}
