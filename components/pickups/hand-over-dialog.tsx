'use client';
import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PickupRow } from '../../server/views/pickups.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Hands an order to whoever shows its code or says its number. The money is taken in that moment. */
export function HandOverDialog({ row, code, onClose }: { row: PickupRow; code: string; onClose: () => void }) {
  const { t, word } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const powers = usePowers();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [shown, setShown] = useState(code);
  const give = useMutation(
    trpc.pickups.handOver.mutationOptions({
      onSuccess: () => {
        const link = { href: `/orders/${encodeURIComponent(row.number)}`, label: row.number };
        toast.success({ message: t('pickups.handedOver', { number: row.number }), link });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.pickups.pathFilter()),
    }),
  );
  const blocked = !powers.may('pickups.handOver')
    ? t('pickups.notYours')
    : row.status !== 'ready'
      ? t('pickups.notReady', { number: row.number, status: word('status.pickup', row.status) })
      : shown.trim() === ''
        ? t('pickups.askCode')
        : null;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('pickups.handOverTitle', { number: row.number })}
      preview={<p>{t('pickups.effect', { customer: row.customerName ?? t('pickups.customer'), units: String(row.units) })}</p>}
      verb={t('pickups.handOverNamed', { number: row.number })}
      blocked={blocked}
      error={shownError(give.error)}
      busy={give.isPending}
      onConfirm={() => give.mutate(request.keyed({ orderId: row.orderId, shown: shown.trim() }))}
    >
      <TextInput
        label={t('pickups.shown')}
        description={t('pickups.shownText')}
        value={shown}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => setShown(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
