'use client';
import { useSyncExternalStore } from 'react';
import { formatUtc } from './format.ts';
import { useFormat, useMessages } from './locale.tsx';

/** One timer for every time on the page. */
const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The present, renewed every ten seconds. */
export function useNow(): Date {
  return new Date(
    useSyncExternalStore(
      subscribe,
      () => nowMs,
      () => nowMs,
    ),
  );
}

/** "5 min ago", or the date after a day; hovering shows ISO UTC. Null is unknown. */
export function TimeAgo({ at, exact = false }: { at: Date | string | null | undefined; exact?: boolean }) {
  const now = useNow();
  const format = useFormat();
  const { t } = useMessages();
  if (!at) return <span>{t('ui.unknown')}</span>;
  const date = typeof at === 'string' ? new Date(at) : at;
  return (
    <time dateTime={date.toISOString()} title={formatUtc(date)} className="wb-number" suppressHydrationWarning>
      {exact ? format.dateTime(date) : format.ago(date, isPastTick(date, now) ? date : now)}
    </time>
  );
}

/** A record made since the last tick is "just now", not "in 3 s". */
function isPastTick(date: Date, now: Date): boolean {
  const ahead = date.getTime() - now.getTime();
  return ahead > 0 && ahead <= TICK_MS;
}
