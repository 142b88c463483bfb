'use client';
import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useAddNote } from './use-annotate.ts';

/** Writes a note on an order. `n` goes to it, ⌘Enter keeps it. What was typed stays where the server refuses. */
export function NoteComposer({ order }: { order: { readonly id: string; readonly number: string } }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const viewer = useQuery(trpc.auth.me.queryOptions());
  const [body, setBody] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const add = useAddNote(order.number, { id: powers.userId, name: viewer.data?.name ?? null });
  const mayNote = powers.may('orders.note');
  useShortcut('n', t('actions.notes.label'), () => field.current?.focus(), { enabled: mayNote });
  if (!mayNote) return null;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const text = body.trim();
    if (text === '' || add.isPending) return;
    setBody('');
    add.mutate({ orderId: order.id, body: text, idempotencyKey: newId() }, { onError: () => setBody((now) => now || text) });
  };
  const keepByKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) submit();
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        ref={field}
        label={t('actions.notes.label')}
        value={body}
        maxLength={4000}
        autosize
        minRows={2}
        onKeyDown={keepByKey}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="xs" mt={8} disabled={body.trim() === ''}>
        {t('actions.notes.add')}
      </Button>
    </form>
  );
}
