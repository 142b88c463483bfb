'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { CustomerPage } from '../../server/views/customers.ts';
import { OrderNotes } from '../orders/order-notes.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';
import { NoteForm, returnNote } from '../ui/note-form.tsx';

/** What people wrote about a customer; a new note stands there at once, and comes back to the composer where it is refused. */
export function CustomerNotes({ page }: { page: CustomerPage }) {
  const { id } = page.customer;
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const viewer = useQuery(trpc.auth.me.queryOptions());
  const queryClient = useQueryClient();
  const field = useRef<HTMLTextAreaElement>(null);
  const key = trpc.customers.get.queryKey({ id });
  const change = (notes: (page: CustomerPage) => CustomerPage['notes']) =>
    queryClient.setQueryData(key, (before) => before && { ...before, notes: notes(before) });
  const add = useMutation(
    trpc.customers.note.mutationOptions({
      onMutate: async ({ body, idempotencyKey = body }) => {
        await queryClient.cancelQueries({ queryKey: key });
        const actor = { kind: 'user', id: powers.userId ?? '', name: viewer.data?.name ?? null } as const;
        change(({ notes }) => [{ id: idempotencyKey, body, actor, at: new Date(), merchantName: null }, ...notes]);
      },
      onError: (error, { customerId, body, idempotencyKey = body }) => {
        change(({ notes }) => notes.filter((note) => note.id !== idempotencyKey));
        returnNote(customerId, body, shownError(error));
      },
      onSettled: () => queryClient.invalidateQueries({ queryKey: key }),
    }),
  );
  const mayNote = powers.may('customers.note');
  useShortcut('n', t('actions.notes.label'), () => field.current?.focus(), { enabled: mayNote });
  const composer = mayNote && (
    <NoteForm
      about={id}
      field={field}
      label={t('actions.notes.label')}
      button={t('actions.notes.add')}
      onSubmit={(body, idempotencyKey) => add.mutate({ customerId: id, body, idempotencyKey })}
    />
  );
  return <OrderNotes notes={page.notes} composer={composer} />;
}
