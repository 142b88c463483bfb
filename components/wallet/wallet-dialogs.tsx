'use client';
import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { refusesClosing } from '../../server/domains/wallet/rules.ts';
import type { MyWallets, WalletView } from '../../server/views/wallets.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { SignInAgain, wantsSignIn } from './sign-in-again.tsx';

export const WALLET_DIALOGS = ['open', 'handle', 'freeze', 'unfreeze', 'close'] as const;
export type WalletDialog = (typeof WALLET_DIALOGS)[number];

/** What every dialog does when it is done: says so, closes, and reads the wallets again. */
function useDone(onClose: () => void) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  return {
    done: (message: string) => {
      toast.success({ message });
      onClose();
    },
    refresh: () => queryClient.invalidateQueries(trpc.wallet.pathFilter()),
  };
}

function OpenDialog({ offered, onClose, onOpened }: { offered: string[]; onClose: () => void; onOpened: (id: string) => void }) {
  const { t, locale } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const [currency, setCurrency] = useState(offered[0] ?? '');
  const names = new Intl.DisplayNames([locale], { type: 'currency' });
  const open = useMutation(
    trpc.wallet.open.mutationOptions({
      onSuccess: (opened) => {
        onOpened(opened.id);
        done(t('wallet.opened', { currency: opened.currency }));
      },
      onError: request.failed,
      onSettled: refresh,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallet.openTitle')}
      preview={t('wallet.openText')}
      verb={t('wallet.openVerb', { currency })}
      blocked={currency ? null : t('wallet.openNone')}
      error={shownError(open.error)}
      busy={open.isPending}
      onConfirm={() => open.mutate(request.keyed({ currency }))}
    >
      <Select
        label={t('wallet.currency')}
        data={offered.map((value) => ({ value, label: `${value} · ${names.of(value)}` }))}
        value={currency}
        onChange={(value) => setCurrency(value ?? '')}
      />
    </EffectDialog>
  );
}

function HandleDialog({ handle, onClose }: { handle: string | null; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const [typed, setTyped] = useState(handle ?? '');
  const plain = typed.trim().replace(/^@/, '').toLowerCase();
  const fits = /^[a-z0-9_]{3,24}$/.test(plain);
  const set = useMutation(
    trpc.wallet.setHandle.mutationOptions({
      onSuccess: (answer) => done(t('wallet.handle.done', { handle: answer.handle })),
      onError: request.failed,
      onSettled: refresh,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallet.handle.title')}
      preview={t('wallet.handle.text')}
      verb={fits ? t('wallet.handle.verb', { handle: plain }) : t('wallet.handle.verbNone')}
      blocked={fits ? (plain === handle ? t('wallet.handle.same') : null) : t('wallet.handle.rule')}
      error={shownError(set.error)}
      busy={set.isPending}
      onConfirm={() => set.mutate(request.keyed({ handle: plain }))}
    >
      <TextInput
        label={t('wallet.handle.label')}
        leftSection="@"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        maxLength={25}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

function FreezeDialog({ wallet, onClose }: { wallet: WalletView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const freeze = useMutation(
    trpc.wallet.freeze.mutationOptions({
      onSuccess: () => done(t('wallet.frozenDone')),
      onError: request.failed,
      onSettled: refresh,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallet.freezeTitle', { currency: wallet.currency })}
      preview={t('wallet.freezeText')}
      verb={t('wallet.freeze')}
      danger
      error={shownError(freeze.error)}
      busy={freeze.isPending}
      onConfirm={() => freeze.mutate(request.keyed({ walletId: wallet.id }))}
    />
  );
}

/** Whoever finds a phone should not undo what its owner did to be safe: this asks to sign in again. */
function UnfreezeDialog({ wallet, onClose }: { wallet: WalletView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const unfreeze = useMutation(
    trpc.wallet.unfreeze.mutationOptions({
      onSuccess: () => done(t('wallet.unfrozenDone')),
      onError: request.failed,
      onSettled: refresh,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallet.unfreezeTitle', { currency: wallet.currency })}
      preview={
        wantsSignIn(unfreeze.error) ? (
          <SignInAgain back={`/account/wallet?w=${wallet.id}&do=unfreeze`} />
        ) : (
          t('wallet.unfreezeText')
        )
      }
      verb={t('wallet.unfreeze')}
      error={shownError(unfreeze.error)}
      busy={unfreeze.isPending}
      onConfirm={() => unfreeze.mutate(request.keyed({ walletId: wallet.id }))}
    />
  );
}

function CloseDialog({ wallet, onClose }: { wallet: WalletView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const close = useMutation(
    trpc.wallet.close.mutationOptions({
      onSuccess: () => done(t('wallet.closedDone', { currency: wallet.currency })),
      onError: request.failed,
      onSettled: refresh,
    }),
  );
  const whole = {
    ...wallet,
    frozenReason: null,
    home: '',
    day: '',
    month: '',
    dayOutMinor: 0n,
    dayInMinor: 0n,
    monthOutMinor: 0n,
    monthInMinor: 0n,
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallet.closeTitle', { currency: wallet.currency })}
      preview={t('wallet.closeText')}
      verb={t('wallet.close')}
      danger
      blocked={refusesClosing(whole, 'customer', wallet, { openRequests: 0, arrivingMinor: 0n }) ? t('wallet.closeNotYet') : null}
      error={shownError(close.error)}
      busy={close.isPending}
      onConfirm={() => close.mutate(request.keyed({ walletId: wallet.id }))}
    />
  );
}

interface Props {
  readonly dialog: WalletDialog;
  readonly mine: MyWallets;
  readonly wallet: WalletView | undefined;
  readonly onClose: () => void;
  readonly onOpened: (id: string) => void;
}

/** The dialog that the address names, over the wallet that it names. */
export function WalletDialogs({ dialog, mine, wallet, onClose, onOpened }: Props) {
  if (dialog === 'open') return <OpenDialog offered={mine.offered} onClose={onClose} onOpened={onOpened} />;
  if (dialog === 'handle') return <HandleDialog handle={mine.handle} onClose={onClose} />;
  if (!wallet) return null;
  if (dialog === 'freeze') return <FreezeDialog wallet={wallet} onClose={onClose} />;
  if (dialog === 'unfreeze') return <UnfreezeDialog wallet={wallet} onClose={onClose} />;
  return <CloseDialog wallet={wallet} onClose={onClose} />;
}
