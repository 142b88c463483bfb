'use client';
import type { Actor } from '../server/views/actors.ts';
import { useMessages } from './ui/locale.tsx';

/** Who it was, in the reader's language. */
export function useActorName(): (actor: Actor) => string {
  const { t } = useMessages();
  return (actor) => {
    if (actor.kind === 'system') return t('orders.systemActor', { name: actor.name ?? actor.id });
    const name = actor.name ?? t('orders.unknownActor');
    return actor.kind === 'api_key' ? t('orders.apiActor', { name }) : name;
  };
}
