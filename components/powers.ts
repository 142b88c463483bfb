'use client';
import { useQuery } from '@tanstack/react-query';
import type { ProcedurePath } from '../server/api/root.ts';
import type { HandHold } from '../server/kernel/vocabulary.ts';
import { useTRPC } from './trpc.tsx';

/** What the person at the screen may do. Until it is known: nothing, so that no button appears and vanishes. */
export function usePowers() {
  const trpc = useTRPC();
  const viewer = useQuery(trpc.auth.me.queryOptions());
  const powers = viewer.data?.powers;
  return {
    userId: viewer.data?.userId ?? null,
    may: (procedure: ProcedurePath) => powers?.procedures.includes(procedure) ?? false,
    hold: powers?.hold ?? ([] as readonly HandHold[]),
    release: powers?.release ?? ([] as readonly HandHold[]),
  };
}
