'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OrderPage } from '../../server/views/order.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useToast } from '../ui/toast.tsx';

/**
 * Notes and tags appear at once, before the server has answered: what they say is certain and nothing depends on them. Where it refuses,
 * the page shows again what is stored, and the refusal is said. Everything else waits for the server.
 */
function useOptimistic<V>(number: string, change: (page: OrderPage, input: V) => OrderPage) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const key = trpc.orders.get.queryKey({ number });
  return {
    onMutate: async (input: V) => {
      await queryClient.cancelQueries({ queryKey: key });
      const before = queryClient.getQueryData(key);
      if (before) queryClient.setQueryData(key, change(before, input));
      return { before };
    },
    onError: (error: unknown, _input: V, context: { before: OrderPage | undefined } | undefined) => {
      if (context?.before) queryClient.setQueryData(key, context.before);
      toast.error(shownError(error));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  };
}

/** Adds a note; it stands at the top while it is on its way. */
export function useAddNote(number: string, author: { readonly id: string | null; readonly name: string | null }) {
  const trpc = useTRPC();
  const optimistic = useOptimistic<{ orderId: string; body: string; idempotencyKey?: string | undefined }>(
    number,
    (page, input) => ({
      ...page,
      notes: [
        {
          id: input.idempotencyKey ?? input.body,
          body: input.body,
          at: new Date(),
          actor: { kind: 'user', id: author.id ?? '', name: author.name },
        },
        ...page.notes,
      ],
    }),
  );
  return useMutation(trpc.orders.note.mutationOptions(optimistic));
}

/** Changes the tags of an order. */
export function useSetTags(number: string) {
  const trpc = useTRPC();
  const optimistic = useOptimistic<{ orderId: string; add?: string[] | undefined; remove?: string[] | undefined }>(
    number,
    (page, { add = [], remove = [] }) => ({
      ...page,
      order: { ...page.order, tags: [...new Set([...page.order.tags.filter((tag) => !remove.includes(tag)), ...add])] },
    }),
  );
  return useMutation(trpc.orders.tag.mutationOptions(optimistic));
}
