'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';

/** What changes with a dispute: its page, the lists, its order. */
export function useDisputeDone(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => {
    for (const touched of [trpc.disputes, trpc.orders, trpc.home]) void queryClient.invalidateQueries(touched.pathFilter());
  };
}
