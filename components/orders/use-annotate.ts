'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { OrderPage } from '../../server/views/order.ts';
import { useTRPC } from '../trpc.tsx';

/**
 * Notes and tags appear at once, before the server has answered: what they say is certain and nothing depends on them. Where it refuses,
 * just that change is taken off the page again, whatever else has happened to it meanwhile, and whoever made it gets it back with the
 * refusal. Everything else waits for the server.
 */
function useOptimistic<V>(number: string, change: (page: OrderPage, input: V) => OrderPage, back: typeof change) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = trpc.orders.get.queryKey({ number });
  const apply = (to: typeof change, input: V) => queryClient.setQueryData(key, (page) => page && to(page, input));
  return {
    onMutate: async (input: V) => {
      await queryClient.cancelQueries({ queryKey: key });
      apply(change, input);
    },
    onError: (_error: unknown, input: V) => {
      apply(back, input);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
  };
}

interface NewNote {
  readonly orderId: string;
  readonly body: string;
  readonly idempotencyKey?: string | undefined;
}

/** Adds a note; it stands at the top while it is on its way. `onRefused` gets it back, also where the page was left meanwhile. */
export function useAddNote(
  number: string,
  author: { readonly id: string | null; readonly name: string | null },
  onRefused: (error: unknown, note: NewNote) => void,
) {
  const trpc = useTRPC();
  const idOf = (note: NewNote) => note.idempotencyKey ?? note.body;
  const { onError, ...optimistic } = useOptimistic<NewNote>(
    number,
    (page, input) => ({
      ...page,
      notes: [
        {
          id: idOf(input),
          body: input.body,
          at: new Date(),
          actor: { kind: 'user', id: author.id ?? '', name: author.name },
        },
        ...page.notes,
      ],
    }),
    (page, input) => ({ ...page, notes: page.notes.filter((note) => note.id !== idOf(input)) }),
  );
  return useMutation(
    trpc.orders.note.mutationOptions({
      ...optimistic,
      onError: (error, input) => {
        onError(error, input);
        onRefused(error, input);
      },
    }),
  );
}

interface TagChange {
  readonly orderId: string;
  readonly add?: string[] | undefined;
  readonly remove?: string[] | undefined;
}

const retagged = (page: OrderPage, add: readonly string[] = [], remove: readonly string[] = []): OrderPage => ({
  ...page,
  order: { ...page.order, tags: [...new Set([...page.order.tags.filter((tag) => !remove.includes(tag)), ...add])] },
});

/** Changes the tags of an order. */
export function useSetTags(number: string) {
  const trpc = useTRPC();
  const optimistic = useOptimistic<TagChange>(
    number,
    (page, { add, remove }) => retagged(page, add, remove),
    (page, { add, remove }) => retagged(page, remove, add),
  );
  return useMutation(trpc.orders.tag.mutationOptions(optimistic));
}
