'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { StoreCreditRow } from '../../server/views/store-credit.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

export const CREDIT_CARE = ['deduct', 'freeze', 'unfreeze'] as const;
export type CreditCare = (typeof CREDIT_CARE)[number];

/** What may be taken back: what orders hold of it stays theirs. */
const freeMinor = ({ balanceMinor, heldMinor }: StoreCreditRow): bigint => balanceMinor - heldMinor;

/** Why this cannot be done to a credit; null where it can. */
export function useWhyNoCare(): (credit: StoreCreditRow, care: CreditCare) => string | null {
  const { t } = useMessages();
  return (credit, care) => (care === 'deduct' && freeMinor(credit) <= 0n ? t('giftCards.credit.nothingFree') : null);
}

/** Takes some of a credit back, keeps it from being spent, or lets it go; each with a reason. */
export function CreditCareDialog(props: { credit: StoreCreditRow; care: CreditCare; onClose: () => void }) {
  const { credit, care, onClose } = props;
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const free = freeMinor(credit);
  const usable = amountMinor !== null && amountMinor > 0n && amountMinor <= free;
  const money = (minor: bigint) => format.money(minor, credit.currency);
  const amount = usable ? money(amountMinor) : '';
  const change = useMutation(
    trpc.storeCredit.change.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t(`giftCards.credit.care.${care}.done`, { amount }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.storeCredit.pathFilter()),
    }),
  );
  const confirm = (reason: string): void => {
    const wish = { storeCreditId: credit.id, reason };
    if (care !== 'deduct') change.mutate(request.keyed({ ...wish, action: care }));
    else if (usable) change.mutate(request.keyed({ ...wish, action: care, amountMinor }));
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(`giftCards.credit.care.${care}.title`, { merchant: credit.merchantName })}
      preview={
        <p>{t(`giftCards.credit.care.${care}.effect`, { free: money(free), left: money(free - (usable ? amountMinor : 0n)) })}</p>
      }
      reason={{ required: true }}
      verb={t(`giftCards.credit.care.${care}.verb`, { amount })}
      danger={care !== 'unfreeze'}
      blocked={care === 'deduct' && !usable ? t('actions.refund.amountFirst') : null}
      error={shownError(change.error)}
      busy={change.isPending}
      onConfirm={confirm}
    >
      {care === 'deduct' && (
        <MoneyInput
          label={t('giftCards.amount')}
          currency={credit.currency}
          value={amountMinor}
          onChange={setAmount}
          max={free}
          required
        />
      )}
    </EffectDialog>
  );
}
