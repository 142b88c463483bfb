'use client';
import { useMutation } from '@tanstack/react-query';
import type { OrderPage } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Takes the money of an order whose merchant said, when it was placed, that a person does so. */
export function CaptureButton({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const powers = usePowers();
  const trpc = useTRPC();
  const toast = useToast();
  const request = useRequestKey();
  const { id: orderId, number, currency, receivableMinor, terms, confirmedAt } = page.order;
  const capture = useMutation(
    trpc.orders.capture.mutationOptions({
      onSuccess: ({ amountMinor }) =>
        toast.success({ message: t('actions.capture.asked', { number, amount: format.money(amountMinor, currency) }) }),
      onError: (error) => {
        request.failed(error);
        const shown = shownError(error);
        if (shown) toast.error(shown);
      },
    }),
  );
  if (terms?.capture?.when !== 'manual' || confirmedAt === null || receivableMinor <= 0n || !powers.may('orders.capture'))
    return null;
  return (
    <ActionButton
      variant="default"
      label={t('actions.capture.button', { amount: format.money(receivableMinor, currency) })}
      reason={capture.isPending ? t('actions.capture.waits') : null}
      onClick={() => capture.mutate(request.keyed({ orderId }))}
    />
  );
}
