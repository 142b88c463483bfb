'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';

/** What changes with a return: its page, the lists, its order. */
export function useReturnDone(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => {
    for (const touched of [trpc.returns, trpc.orders, trpc.myOrders, trpc.home])
      void queryClient.invalidateQueries(touched.pathFilter());
  };
}
