'use client';
import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isCancellable, mayCancel } from '../../server/domains/orders/rules.ts';
import { CANCEL_REASONS, type CancelReason } from '../../server/domains/orders/schema.ts';
import type { CancelPreview } from '../../server/flows/cancel-plan.ts';
import { unitsIn } from '../../server/kernel/units.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { orderFacts } from './order-facts.ts';
import { type Figure, PlanPreview } from './plan-preview.tsx';
import { choosable, UnitFields, useUnits } from './unit-fields.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';
import { undoOffer, useUndoOrder } from './use-undo.ts';

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
  const [note, setNote] = useState('');
  const ready = allowed.allowed && units.valid && !units.empty;
  const input = ready ? { orderId: order.id, units: units.selection, reason: 'other' as const } : null;
  const { plan, was, error, again } = usePlan('cancel', input, order.version, (wanted) =>
    client.orders.previewCancel.mutate(wanted),
  );
  const undo = useUndoOrder();
  const done = useOrderDone(page, onClose, again);
  const cancel = useMutation(
    trpc.orders.cancel.mutationOptions({
      onSuccess: (result) =>
        done.succeeded(
          t('actions.cancel.waits', { number: order.number, amount: format.money(result.cancelledMinor, order.currency) }),
          undoOffer(`cancel:${order.id}`, result.undoUntil, () => undo.cancel(order.id)),
        ),
      onError: done.failed,
    }),
  );
  const blocked = !allowed.allowed ? allowed.why : units.empty ? t('actions.nothingChosen') : null;
  const verb = plan?.whole
    ? t('actions.cancel.verbAll')
    : plan
      ? t('actions.cancel.verb', { amount: format.money(plan.valueMinor, plan.currency) })
      : t('actions.cancel.verbWaiting');
  return (
    <EffectDialog
      opened
      danger
      onClose={onClose}
      title={t('actions.cancel.title', { number: order.number })}
      preview={
        plan ? (
          <PlanPreview figures={figures(plan)} was={was && figures(was)}>
            {t(plan.whole ? 'actions.cancel.whole' : 'actions.cancel.part')}
          </PlanPreview>
        ) : blocked || error ? null : undefined
      }
      reason={{
        required: true,
        options: CANCEL_REASONS.map((value) => ({ value, label: t(`actions.cancel.reasons.${value}`) })),
        quick: QUICK_REASONS,
        remember: 'cancel',
      }}
      details={
        <TextInput
          label={t('actions.note')}
          description={t('actions.noteHint')}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      }
      verb={verb}
      blocked={blocked}
      error={shownError(cancel.error ?? error)}
      busy={cancel.isPending}
      onConfirm={(reason) =>
        plan &&
        input &&
        cancel.mutate(
          done.keyed({
            ...input,
            reason: reason as CancelReason,
            note: note.trim() || undefined,
            fingerprint: plan.fingerprint,
            undoable: true,
          }),
        )
      }
    >
      <UnitFields lines={lines} units={units} />
    </EffectDialog>
  );
}
