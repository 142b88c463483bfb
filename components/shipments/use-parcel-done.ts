'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';

/** What changes with a parcel: its shipment, its order, the lists that it is on. */
export function useParcelDone(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => {
    for (const touched of [trpc.shipments, trpc.parcels, trpc.manifests, trpc.orders, trpc.home])
      void queryClient.invalidateQueries(touched.pathFilter());
  };
}
