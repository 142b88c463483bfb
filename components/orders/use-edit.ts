'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { newId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Names the deed, wherever it can be taken back. */
export const editUndoId = (editId: string): string => `edit:${editId}`;

/** Takes an edit back that waits. The server says whether there was still time. */
export function useWithdrawEdit() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const withdraw = useMutation(
    trpc.edits.withdraw.mutationOptions({
      onMutate: ({ editId }) => editId && toast.withdraw(editUndoId(editId)),
      onSuccess: ({ number }) => toast.success({ message: t('edits.takenBack', { number }) }),
      onError: (error: unknown) => toast.error(shownError(error)),
      onSettled: async () => {
        await queryClient.invalidateQueries(trpc.orders.pathFilter());
        await queryClient.invalidateQueries(trpc.edits.pathFilter());
      },
    }),
  );
  return {
    run: (orderId: string, editId: string) => withdraw.mutate({ orderId, editId, idempotencyKey: newId() }),
    busy: withdraw.isPending,
  };
}
