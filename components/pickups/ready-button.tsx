'use client';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PickupRow } from '../../server/views/pickups.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** What comes next for an order at the desk: telling its customer to come, or handing it over. */
export function ReadyButton({ row, onHandOver }: { row: PickupRow; onHandOver: (row: PickupRow) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const powers = usePowers();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const ready = useMutation(
    trpc.pickups.makeReady.mutationOptions({
      onSuccess: () => toast.success({ message: t('pickups.told', { number: row.number }) }),
      onError: (error) => {
        request.failed(error);
        toast.error(shownError(error));
      },
      onSettled: () => {
        void queryClient.invalidateQueries(trpc.pickups.pathFilter());
      },
    }),
  );
  if (!powers.may('pickups.makeReady')) return null;
  if (row.status === 'handing_over') return t('pickups.paying');
  if (row.status === 'ready')
    return (
      <Button size="compact-sm" aria-label={t('pickups.handOverNamed', { number: row.number })} onClick={() => onHandOver(row)}>
        {t('pickups.handOver')}
      </Button>
    );
  return (
    <ActionButton
      size="compact-sm"
      variant="default"
      label={t('pickups.makeReady', { number: row.number })}
      loading={ready.isPending}
      reason={row.aside < row.units ? t('pickups.incomplete') : null}
      onClick={() => ready.mutate(request.keyed({ orderId: row.orderId }))}
    />
  );
}
