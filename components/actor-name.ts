'use client';
import { shortId } from '../server/kernel/ids.ts';
import type { Actor } from '../server/views/actors.ts';
import { useMessages } from './ui/locale.tsx';

/** Who it was, in the reader's language. */
export function useActorName(): (actor: Actor) => string {
  const { t } = useMessages();
  return (actor) => {
    if (actor.kind === 'system') return t('orders.systemActor', { name: actor.name ?? actor.id });
    if (actor.kind === 'api_key') return t('orders.apiActor', { name: actor.name ?? shortId(actor.id) });
    return actor.name ?? t('orders.unknownActor');
  };
}
