'use client';
import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isCancellable, mayCancel } from '../../server/domains/orders/rules.ts';
import type { CancelPreview } from '../../server/flows/cancel-plan.ts';
import { unitsIn } from '../../server/kernel/units.ts';
import { CANCEL_REASONS, type CancelReason } from '../../server/kernel/vocabulary.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { orderFacts } from './order-facts.ts';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { choosable, UnitFields, useUnits } from './unit-fields.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';
import { cancelUndoId, undoOffer, useUndoOrder } from './use-undo.ts';

/** What most cancels are for. */
const QUICK_REASONS = [
  'customer_request',
  'out_of_stock',
  'duplicate',
  'address_problem',
] as const satisfies readonly CancelReason[];

function useFigures() {
  const { t } = useMessages();
  const format = useFormat();
  return (plan: CancelPreview): Figure[] => [
    { label: t('actions.cancel.units'), text: format.number(unitsIn(plan.units)) },
    { label: t('actions.cancel.value'), text: format.money(plan.valueMinor, plan.currency), strong: true },
    ...(plan.feeMinor > 0
      ? [{ label: t('orders.cancellationFee'), text: format.money(plan.feeMinor, plan.currency), strong: true }]
      : []),
    ...(plan.waivedMinor > 0 ? [{ label: t('actions.cancel.waived'), text: format.money(plan.waivedMinor, plan.currency) }] : []),
    ...(plan.releasedMinor > 0
      ? [{ label: t('actions.cancel.released'), text: format.money(plan.releasedMinor, plan.currency) }]
      : []),
    ...(plan.refundedMinor > 0
      ? [{ label: t('actions.cancel.refunded'), text: format.money(plan.refundedMinor, plan.currency) }]
      : []),
  ];
}

/** Cancels units that have not shipped: how many of each line, what that does to the money, why. */
export function CancelDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const figures = useFigures();
  const { order } = page;
  const allowed = mayCancel(orderFacts(page));
  const lines = choosable(page, isCancellable);
  const units = useUnits(lines);
  const ready = allowed.allowed && units.problem === null;
  const [why, setWhy] = useState<string>('');
  const [waiver, setWaiver] = useState('');
  // What is kept of it depends on whose wish it is.
  const reason = CANCEL_REASONS.find((known) => known === why) ?? 'other';
  const waiveFee = waiver.trim() || undefined;
  const input = ready ? { orderId: order.id, units: units.selection, reason, ...(waiveFee ? { waiveFee } : {}) } : null;
  const planned = usePlan('cancel', input, order.version, (wanted) => client.orders.previewCancel.mutate(wanted));
  const { plan } = planned;
  const undo = useUndoOrder();
  const done = useOrderDone(page, onClose, planned.again);
  const cancel = useMutation(
    trpc.orders.cancel.mutationOptions({
      onSuccess: (result) =>
        done.succeeded(
          result.approvalId
            ? t('actions.cancel.asked', { number: order.number })
            : t('actions.cancel.waits', { number: order.number, amount: format.money(result.cancelledMinor, order.currency) }),
          undoOffer(cancelUndoId(order.id), result.undoUntil, () => undo.cancel(order.id)),
        ),
      onError: done.failed,
    }),
  );
  const blocked = !allowed.allowed ? allowed.why : units.problem;
  const verb = plan?.whole
    ? t('actions.cancel.verbAll')
    : plan
      ? t('actions.cancel.verb', { amount: format.money(plan.valueMinor, plan.currency) })
      : t('actions.cancel.verbWaiting');
  return (
    <PlanDialog
      danger
      onClose={onClose}
      title={t('actions.cancel.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={(shown) => `${t(shown.whole ? 'actions.cancel.whole' : 'actions.cancel.part')} ${shown.terms}`}
      reason={{
        required: true,
        options: (plan?.reasons ?? CANCEL_REASONS).map((value) => ({ value, label: t(`actions.cancel.reasons.${value}`) })),
        quick: QUICK_REASONS,
        remember: 'cancel',
        onChoose: setWhy,
      }}
      noted
      verb={verb}
      blocked={blocked}
      sending={cancel}
      onConfirm={(asked, { reason: chosen, note }) =>
        cancel.mutate(done.keyed({ ...asked, reason: chosen as CancelReason, note, undoable: true }))
      }
    >
      <UnitFields lines={lines} units={units} />
      {plan && plan.feeMinor + plan.waivedMinor > 0 && (
        <TextInput
          label={t('actions.cancel.waive')}
          description={t('actions.cancel.waiveHint')}
          maxLength={500}
          value={waiver}
          onChange={(event) => setWaiver(event.currentTarget.value)}
        />
      )}
    </PlanDialog>
  );
}
