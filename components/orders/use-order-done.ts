'use client';
import { useQueryClient } from '@tanstack/react-query';
import type { OrderPage } from '../../server/views/order.ts';
import { useRequestKey } from '../request-key.ts';
import { refusalOf, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type UndoOffer, useToast } from '../ui/toast.tsx';

/**
 * What surrounds a verb on an order: its request has a key; then the page, the lists and the homes are read again; success closes the
 * dialog and says so, a changed plan is worked out anew.
 */
export function useOrderDone({ order }: OrderPage, onClose: () => void, planAgain: () => void = () => undefined) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const readAgain = () => {
    void queryClient.invalidateQueries(trpc.orders.pathFilter());
    void queryClient.invalidateQueries(trpc.home.pathFilter());
  };
  return {
    keyed: request.keyed,
    succeeded: (message: string, undo?: UndoOffer) => {
      readAgain();
      toast.success({
        message,
        ...(undo ? { undo } : {}),
        link: { href: `/orders/${order.number}`, label: t('actions.openOrder') },
      });
      onClose();
    },
    failed: (error: unknown) => {
      request.failed(error);
      readAgain();
      if (refusalOf(error)?.code === 'plan_changed') planAgain();
    },
  };
}
