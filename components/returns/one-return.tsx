'use client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ReturnView } from '../../server/views/returns.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Loaded } from '../ui/states.tsx';

/** One return by its number, read again whenever something happens to its order. */
export function OneReturn({ number, children }: { number: string; children: (view: ReturnView) => ReactNode }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.returns.get.queryOptions({ number }));
  const orderId = found.data?.orderId;
  useLive(orderId ? [`order:${orderId}`] : [], { queryKeys: [trpc.returns.get.queryKey({ number })] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {children}
    </Loaded>
  );
}
