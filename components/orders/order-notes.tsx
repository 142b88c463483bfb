'use client';
import type { ReactNode } from 'react';
import type { NoteView } from '../../server/views/order-story.ts';
import { useActorName } from '../actor-name.ts';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './order-page.module.css';

/** What the staff wrote about the order, newest first. */
export function OrderNotes({ notes, composer }: { notes: readonly NoteView[]; composer?: ReactNode }) {
  const { t } = useMessages();
  const actor = useActorName();
  return (
    <Section title={t('orders.notes')} count={notes.length}>
      {composer}
      {notes.length === 0 && <span className={classes.dim}>{t('orders.noNotes')}</span>}
      <ul className={classes.blocks}>
        {notes.map((note) => (
          <li key={note.id} className={classes.block}>
            <p className={classes.note}>{note.body}</p>
            <span className={classes.dim}>
              {actor(note.actor)} · <TimeAgo at={note.at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
