'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { LiveSubject } from '../server/kernel/live-topics.ts';
import { useLive } from './live.tsx';
import { shownError } from './trpc.tsx';
import { Loaded } from './ui/states.tsx';

interface Props<P> {
  readonly found: Pick<UseQueryResult<P, unknown>, 'data' | 'error' | 'refetch'>;
  /** What it listens to once it is there: the page is read again. */
  readonly live: (page: P) => readonly LiveSubject[];
  readonly queryKeys: readonly (readonly unknown[])[];
  readonly children: (page: P) => ReactNode;
}

/** The frame of a page about one thing: its first look, its errors, and that it stays true. */
export function LiveDetail<P>({ found, live, queryKeys, children }: Props<P>) {
  useLive(found.data ? live(found.data) : [], { queryKeys });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {children}
    </Loaded>
  );
}
