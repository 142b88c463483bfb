'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CancelPreview } from '../../server/flows/cancel-plan.ts';
import type { MyOrder } from '../../server/views/my-orders.ts';
import { PlanDialog } from '../orders/plan-dialog.tsx';
import type { Figure } from '../orders/plan-preview.tsx';
import { usePlan } from '../orders/use-plan.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { refusalOf, useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { cancelSentence } from './cancel-sentence.ts';

function useFigures() {
  const { t } = useMessages();
  const format = useFormat();
  return ({ currency, valueMinor, feeMinor, releasedMinor, refundedMinor }: CancelPreview): Figure[] => [
    { label: t('track.cancel.value'), text: format.money(valueMinor, currency), strong: true },
    ...(feeMinor > 0 ? [{ label: t('track.cancel.fee'), text: format.money(feeMinor, currency), strong: true }] : []),
    ...(releasedMinor > 0 ? [{ label: t('track.cancel.released'), text: format.money(releasedMinor, currency) }] : []),
    ...(refundedMinor > 0 ? [{ label: t('track.cancel.refunded'), text: format.money(refundedMinor, currency) }] : []),
  ];
}

/** All that has not left yet, and what that does to the money; the shop is asked for anything else. */
function CancelMyOrderDialog({ order, onClose }: { order: MyOrder; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const queryClient = useQueryClient();
  const figures = useFigures();
  const request = useRequestKey();
  const blocked = order.cancel.allowed ? null : cancelSentence(order.cancel, t, format);
  const input = blocked === null ? { orderId: order.id, reason: 'customer_request' as const } : null;
  const planned = usePlan('cancel-mine', input, order.version, (wanted) => client.orders.previewCancel.mutate(wanted));
  const cancel = useMutation(
    trpc.orders.cancel.mutationOptions({
      onSuccess: ({ cancelledMinor }) => {
        const amount = format.money(cancelledMinor, order.currency);
        toast.success({ message: t('track.cancel.done', { number: order.number, amount }) });
        onClose();
      },
      onError: (refused) => {
        request.failed(refused);
        if (refusalOf(refused)?.code === 'plan_changed') planned.again();
      },
      onSettled: () => queryClient.invalidateQueries(trpc.myOrders.pathFilter()),
    }),
  );
  return (
    <PlanDialog
      danger
      onClose={onClose}
      title={t('track.cancel.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={(shown) =>
        t(shown.whole ? (shown.feeMinor > 0 ? 'track.cancel.wholeForFee' : 'track.cancel.whole') : 'track.cancel.part')
      }
      verb={t('track.cancel.verb')}
      blocked={blocked}
      sending={cancel}
      onConfirm={(asked) => cancel.mutate(request.keyed(asked))}
    />
  );
}

/** Cancels one's own order; where that cannot be done any more, says why. */
export function CancelMyOrder({ order }: { order: MyOrder }) {
  const { t } = useMessages();
  const format = useFormat();
  const powers = usePowers();
  const said = cancelSentence(order.cancel, t, format);
  const [open, setOpen] = useState(false);
  if (!powers.may('orders.cancel')) return null;
  return (
    <>
      <ActionButton
        variant="default"
        label={t('track.cancel.button')}
        reason={order.cancel.allowed ? null : said}
        onClick={() => setOpen(true)}
      />
      {open && <CancelMyOrderDialog order={order} onClose={() => setOpen(false)} />}
    </>
  );
}
