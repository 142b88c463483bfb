'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { useToast } from '../ui/toast.tsx';

/** What can be done to a simulator. The page reads again what came of it; a refusal is said in a toast. */
export function useSimulatorActions() {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const after = {
    onSettled: () => queryClient.invalidateQueries(trpc.simulators.state.queryFilter()),
    onError: (error: unknown) => {
      const shown = shownError(error);
      if (shown) toast.error(shown);
    },
  };
  return {
    change: useMutation(trpc.simulators.switch.mutationOptions(after)),
    reset: useMutation(trpc.simulators.reset.mutationOptions(after)),
    settings: useMutation(trpc.simulators.settings.mutationOptions(after)),
    happen: useMutation(trpc.simulators.happen.mutationOptions(after)),
    advance: useMutation(trpc.simulators.advanceShipment.mutationOptions(after)),
  };
}
