'use client';
import { Button, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, type RefObject, useCallback, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { newId } from '../../server/kernel/ids.ts';
import { useMessages } from './locale.tsx';
import classes from './note-form.module.css';
import { type ErrorShown, useErrorText } from './states.tsx';

/** What was typed and not kept yet, by what it is about; it outlives a reload and a way to another page. */
export interface Draft {
  readonly body: string;
  readonly error?: ErrorShown | undefined;
}

const draftKey = (about: string): string => `waybill:draft:${about}`;
const drafts = new EventTarget();

function readDraft(about: string): Draft {
  try {
    const draft: unknown = JSON.parse(window.sessionStorage.getItem(draftKey(about)) ?? 'null');
    return typeof draft === 'object' && draft !== null && 'body' in draft ? (draft as Draft) : { body: '' };
  } catch {
    return { body: '' };
  }
}

function keepDraft(about: string, draft: Draft): void {
  try {
    if (draft.body === '' && !draft.error) window.sessionStorage.removeItem(draftKey(about));
    else window.sessionStorage.setItem(draftKey(about), JSON.stringify(draft));
  } catch {
    // Without a store a draft lives as long as its page.
  }
}

/** Gives a note that was refused back to its composer, before whatever was typed since; also where the composer is gone. */
export function returnNote(about: string, body: string, error: ErrorShown | undefined): void {
  const now = readDraft(about);
  keepDraft(about, { body: [body, now.body].filter(Boolean).join('\n\n'), error });
  drafts.dispatchEvent(new Event(about));
}

interface NoteFormProps {
  /** What the note is about: an id. */
  readonly about: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
  readonly button: string;
  /** The note is on its way; `key` is its idempotency key. What is refused comes back through `returnNote`. */
  readonly onSubmit: (body: string, key: string) => void;
}

/** Writes a note. ⌘Enter keeps it; a refused one returns with its error, and nothing that was typed is lost. */
export function NoteForm({ about, field, label, button, onSubmit }: NoteFormProps) {
  const { t } = useMessages();
  const text = useErrorText();
  const [draft, setDraft] = useState<Draft>({ body: '' });
  useEffect(() => {
    setDraft(readDraft(about));
    // At once: a key pressed before the field shows what came back would write over it.
    const takeBack = () => flushSync(() => setDraft(readDraft(about)));
    drafts.addEventListener(about, takeBack);
    return () => drafts.removeEventListener(about, takeBack);
  }, [about]);
  const change = useCallback(
    (next: Draft) => {
      setDraft(next);
      keepDraft(about, next);
    },
    [about],
  );
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const body = draft.body.trim();
    if (body === '') return;
    change({ body: '' });
    onSubmit(body, newId());
  };
  const keepByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
    field.current?.blur();
  };
  return (
    <form onSubmit={submit}>
      <Textarea
        ref={field}
        label={label}
        value={draft.body}
        maxLength={4000}
        autosize
        minRows={2}
        onKeyDown={keepByKey}
        // The refusal stays until the note is sent again.
        onChange={(event) => change({ ...draft, body: event.currentTarget.value })}
      />
      {draft.error && (
        <p className={classes.failed} role="alert">
          {t('actions.notes.failed')}: {text(draft.error)}
        </p>
      )}
      <Button type="submit" variant="default" size="xs" mt={8} disabled={draft.body.trim() === ''}>
        {button}
      </Button>
    </form>
  );
}
