'use client';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';
import { NoteForm, returnNote } from '../ui/note-form.tsx';
import { useAddNote } from './use-annotate.ts';

/** Writes a note on an order. `n` goes to it, ⌘Enter keeps it. */
export function NoteComposer({ order }: { order: { readonly id: string; readonly number: string } }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const viewer = useQuery(trpc.auth.me.queryOptions());
  const field = useRef<HTMLTextAreaElement>(null);
  const author = { id: powers.userId, name: viewer.data?.name ?? null };
  const add = useAddNote(order.number, author, (error, note) => returnNote(note.orderId, note.body, shownError(error)));
  const mayNote = powers.may('orders.note');
  useShortcut('n', t('actions.notes.label'), () => field.current?.focus(), { enabled: mayNote });
  if (!mayNote) return null;
  return (
    <NoteForm
      about={order.id}
      field={field}
      label={t('actions.notes.label')}
      button={t('actions.notes.add')}
      onSubmit={(body, idempotencyKey) => add.mutate({ orderId: order.id, body, idempotencyKey })}
    />
  );
}
