'use client';
import { useIsMutating, useMutation, useQueryClient } from '@tanstack/react-query';
import { newId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type UndoOffer, useToast } from '../ui/toast.tsx';

/** Names the deed, wherever it can be taken back: in the toast, on the order, in a list. */
export const cancelUndoId = (orderId: string): string => `cancel:${orderId}`;
export const refundUndoId = (refundId: string): string => `refund:${refundId}`;

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
  const cancel = useMutation(
    trpc.orders.undoCancel.mutationOptions({ ...shared, onMutate: ({ orderId }) => toast.withdraw(cancelUndoId(orderId)) }),
  );
  const refund = useMutation(
    trpc.orders.undoRefund.mutationOptions({ ...shared, onMutate: ({ refundId }) => toast.withdraw(refundUndoId(refundId)) }),
  );
  // Begun in a toast or here: nothing is undone twice.
  const cancelling = useIsMutating({ mutationKey: trpc.orders.undoCancel.mutationKey() });
  const refunding = useIsMutating({ mutationKey: trpc.orders.undoRefund.mutationKey() });
  return {
    cancel: (orderId: string) => cancel.mutate({ orderId, idempotencyKey: newId() }),
    refund: (orderId: string, refundId: string) => refund.mutate({ orderId, refundId, idempotencyKey: newId() }),
    busy: cancelling + refunding > 0,
  };
}

/** What a toast offers after an undoable deed; undefined where it is on its way already. */
export function undoOffer(id: string, undoUntil: string | null, run: () => void): UndoOffer | undefined {
  return undoUntil === null ? undefined : { id, since: Date.now(), until: new Date(undoUntil), run };
}
