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

const STATE_TEXTS = {
  freeze: { title: 'wallet.freezeTitle', text: 'wallet.freezeText', verb: 'wallet.freeze', done: 'wallet.frozenDone' },
  unfreeze: { title: 'wallet.unfreezeTitle', text: 'wallet.unfreezeText', verb: 'wallet.unfreeze', done: 'wallet.unfrozenDone' },
  close: { title: 'wallet.closeTitle', text: 'wallet.closeText', verb: 'wallet.close', done: 'wallet.closedDone' },
} as const;

/** A wallet as the rules of closing look at it: what moved in its periods is not among them. */
function mayClose(wallet: WalletView): boolean {
  const unmoved = { day: '', month: '', dayOutMinor: 0n, dayInMinor: 0n, monthOutMinor: 0n, monthInMinor: 0n };
  return !refusesClosing({ ...wallet, ...unmoved, frozenReason: null, home: '' }, 'customer', wallet, {
    openRequests: 0,
    arrivingMinor: 0n,
  });
}

/**
 * Freezes a wallet, lets it go, or closes it. Whoever finds a phone should not undo what its owner did to be safe: unfreezing asks to sign
 * in again.
 */
function StateDialog(props: { wallet: WalletView; action: keyof typeof STATE_TEXTS; onClose: () => void }) {
  const { wallet, action, onClose } = props;
  const { currency } = wallet;
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const { done, refresh } = useDone(onClose);
  const texts = STATE_TEXTS[action];
  const outcome = { onSuccess: () => done(t(texts.done, { currency })), onError: request.failed, onSettled: refresh };
  const freeze = useMutation(trpc.wallet.freeze.mutationOptions(outcome));
  const unfreeze = useMutation(trpc.wallet.unfreeze.mutationOptions(outcome));
  const close = useMutation(trpc.wallet.close.mutationOptions(outcome));
  const doing = { freeze, unfreeze, close }[action];
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(texts.title, { currency })}
      preview={wantsSignIn(doing.error) ? <SignInAgain back={`/account/wallet?w=${wallet.id}&do=unfreeze`} /> : t(texts.text)}
      verb={t(texts.verb)}
      danger={action !== 'unfreeze'}
      blocked={action === 'close' && !mayClose(wallet) ? t('wallet.closeNotYet') : null}
      error={shownError(doing.error)}
      busy={doing.isPending}
      onConfirm={() => doing.mutate(request.keyed({ walletId: wallet.id }))}
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
  return wallet ? <StateDialog wallet={wallet} action={dialog} onClose={onClose} /> : null;
}
