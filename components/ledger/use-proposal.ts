'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useRequestKey } from '../request-key.ts';
import { useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** What asking for a correction shares: its key, the toast that leads to where somebody else decides, and what to read again. */
export function useProposal(onClose: () => void) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  return {
    request,
    options: {
      onSuccess: (asked: { amountMinor: number; currency: string }) => {
        toast.success({
          message: t('ledger.proposed', { amount: format.money(BigInt(asked.amountMinor), asked.currency) }),
          link: { href: '/approvals', label: t('approvals.title') },
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () =>
        Promise.all([
          queryClient.invalidateQueries(trpc.approvals.pathFilter()),
          queryClient.invalidateQueries(trpc.ledger.pathFilter()),
        ]),
    },
  };
}
