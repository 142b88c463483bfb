'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { newId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type UndoOffer, useToast } from '../ui/toast.tsx';

/** Takes a cancel or a refund of an order back. The server says whether there was still time. */
export function useUndoOrder() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const shared = {
    onSuccess: (result: { readonly number: string }) =>
      toast.success({
        message: t('actions.undo.done', { number: result.number }),
        link: { href: `/orders/${result.number}`, label: t('actions.openOrder') },
      }),
    onError: (error: unknown) => toast.error(shownError(error)),
    onSettled: () => queryClient.invalidateQueries(trpc.orders.pathFilter()),
  };
  const cancel = useMutation(trpc.orders.undoCancel.mutationOptions(shared));
  const refund = useMutation(trpc.orders.undoRefund.mutationOptions(shared));
  return {
    cancel: (orderId: string) => cancel.mutate({ orderId, idempotencyKey: newId() }),
    refund: (orderId: string, refundId: string) => refund.mutate({ orderId, refundId, idempotencyKey: newId() }),
    busy: cancel.isPending || refund.isPending,
  };
}

/** What a toast offers after an undoable deed; undefined where it is on its way already. */
export function undoOffer(id: string, undoUntil: string | null, run: () => void): UndoOffer | undefined {
  return undoUntil === null ? undefined : { id, since: Date.now(), until: new Date(undoUntil), run };
}
