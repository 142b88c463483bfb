'use client';
import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { WALLET_TIERS, type WalletTier } from '../../server/domains/wallet/schema.ts';
import type { WalletDetail } from '../../server/views/wallets.ts';
import { useCustomerName } from '../customers/customer-list.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

export const CARE_DIALOGS = ['freeze', 'unfreeze', 'close', 'tier'] as const;
type Care = (typeof CARE_DIALOGS)[number];

/** Why each of these cannot be done to a wallet now; null where it can. */
export function useCareReasons(): (detail: WalletDetail) => Readonly<Record<Care, string | null>> {
  const { t } = useMessages();
  return ({ wallet, openRequests }) => {
    const closed = wallet.status === 'closed' ? t('wallets.closedAlready') : null;
    const busy = wallet.balanceMinor !== 0n || wallet.heldMinor !== 0n || wallet.expectedMinor !== 0n || openRequests > 0;
    return {
      freeze: closed ?? (wallet.frozenBy === 'staff' ? t('wallets.frozenAlready') : null),
      unfreeze: closed ?? (wallet.status === 'frozen' ? null : t('wallets.notFrozen')),
      close: closed ?? (busy ? t('wallets.closeNotYet') : null),
      tier: closed,
    };
  };
}

const TEXTS = {
  freeze: 'wallets.freezeText',
  unfreeze: 'wallets.unfreezeText',
  close: 'wallets.closeText',
  tier: 'wallets.tierText',
} as const;
const VERBS = {
  freeze: 'wallets.freeze',
  unfreeze: 'wallets.unfreeze',
  close: 'wallets.close',
  tier: 'wallets.changeTier',
} as const;

/** Does something to a wallet, and says why. */
export function CareDialog({ dialog, detail, onClose }: { dialog: Care; detail: WalletDetail; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const name = useCustomerName();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { wallet, customer } = detail;
  const [tier, setTier] = useState<WalletTier>(wallet.tier);
  const outcome = {
    onSuccess: () => {
      toast.success({
        message: t(`wallets.done.${dialog}`),
        link: { href: `/wallets/${wallet.id}`, label: name(customer) },
      });
      onClose();
    },
    onError: request.failed,
    onSettled: () => queryClient.invalidateQueries(trpc.wallets.pathFilter()),
  };
  const freeze = useMutation(trpc.wallets.freeze.mutationOptions(outcome));
  const unfreeze = useMutation(trpc.wallets.unfreeze.mutationOptions(outcome));
  const close = useMutation(trpc.wallets.close.mutationOptions(outcome));
  const change = useMutation(trpc.wallets.changeTier.mutationOptions(outcome));
  const doing = { freeze, unfreeze, close, tier: change }[dialog];
  const confirm = (reason: string): void => {
    const wish = { walletId: wallet.id, reason };
    if (dialog === 'tier') change.mutate(request.keyed({ ...wish, tier }));
    else ({ freeze, unfreeze, close })[dialog].mutate(request.keyed(wish));
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('wallets.of', { action: t(VERBS[dialog]), name: `${name(customer)} · ${wallet.currency}` })}
      preview={t(TEXTS[dialog])}
      reason={{ required: true, remember: `wallet-${dialog}` }}
      verb={t(VERBS[dialog])}
      danger={dialog === 'freeze' || dialog === 'close'}
      blocked={dialog === 'tier' && tier === wallet.tier ? t('wallets.tierSame') : null}
      error={shownError(doing.error)}
      busy={doing.isPending}
      onConfirm={confirm}
    >
      {dialog === 'tier' && (
        <Select
          label={t('wallets.tier')}
          data={WALLET_TIERS.map((value) => ({ value, label: t(`wallet.tiers.${value}`) }))}
          value={tier}
          onChange={(value) => setTier(WALLET_TIERS.find((one) => one === value) ?? tier)}
        />
      )}
    </EffectDialog>
  );
}
