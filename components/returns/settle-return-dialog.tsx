'use client';
import { Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { RETURN_WISHES, type ReturnWish } from '../../server/domains/returns/schema.ts';
import type { SettlePreview } from '../../server/flows/returns/settle-return.ts';
import type { ReturnView } from '../../server/views/returns.ts';
import { PlanDialog } from '../orders/plan-dialog.tsx';
import type { Figure } from '../orders/plan-preview.tsx';
import { usePlan } from '../orders/use-plan.ts';
import { refundUndoId, undoOffer, useUndoOrder } from '../orders/use-undo.ts';
import { useRequestKey } from '../request-key.ts';
import { refusalOf, useTRPC, useTRPCClient } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { useReturnDone } from './use-return-done.ts';

const TYPING_MS = 400;

/** What was accepted in full, by line. */
function exchangeable(view: ReturnView): { lineId: string; name: string; units: number }[] {
  const accepted = view.lines.filter((line) => line.verdict === 'accept');
  return [...Map.groupBy(accepted, (line) => line.lineId)].map(([lineId, of]) => ({
    lineId,
    name: of[0]?.name ?? '',
    units: of.reduce((sum, line) => sum + line.to - line.from + 1, 0),
  }));
}

/** Shows to the cent what goes back, and where, before it does. */
export function SettleReturnDialog({ view, onClose }: { view: ReturnView; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const request = useRequestKey();
  const done = useReturnDone();
  const undo = useUndoOrder();
  const [asked, setAsked] = useState<ReturnWish | null>(null);
  const [skus, setSkus] = useState<Readonly<Record<string, string>>>({});
  const [typed] = useDebouncedValue(skus, TYPING_MS);
  const lines = exchangeable(view);
  const wanted = lines.flatMap(({ lineId, units }) => {
    const sku = typed[lineId]?.trim();
    return sku ? [{ lineId, sku, quantity: units }] : [];
  });
  const exchanges = asked === 'exchange';
  const missing = exchanges && wanted.length === 0;
  const input = missing
    ? null
    : { returnId: view.id, ...(asked && !exchanges ? { resolution: asked } : {}), ...(exchanges ? { exchange: wanted } : {}) };
  const planned = usePlan('settle-return', input, view.version, (question) => client.returns.previewSettle.mutate(question));
  const { plan } = planned;
  const settle = useMutation(
    trpc.returns.settle.mutationOptions({
      onSuccess: ({ number, orderId, refundId, undoUntil }) => {
        toast.success({
          message: t('returns.settledDone', { number }),
          ...(refundId ? { undo: undoOffer(refundUndoId(refundId), undoUntil, () => undo.refund(orderId, refundId)) } : {}),
        });
        onClose();
      },
      onError: (refused) => {
        request.failed(refused);
        if (refusalOf(refused)?.code === 'plan_changed') planned.again();
      },
      onSettled: done,
    }),
  );
  const money = (amountMinor: number) => format.money(amountMinor, view.currency);
  const figures = (shown: SettlePreview): Figure[] => [
    { label: t('returns.due'), text: money(shown.dueMinor) },
    ...(shown.exchangedMinor > 0 ? [{ label: t('returns.exchanged'), text: money(-shown.exchangedMinor) }] : []),
    ...(shown.chargeMinor > 0 ? [{ label: t('returns.aheadCharged'), text: money(shown.chargeMinor) }] : []),
    ...(shown.feeMinor > 0 ? [{ label: t('returns.fee'), text: money(-shown.feeMinor) }] : []),
    ...(shown.labelFeeMinor > 0 ? [{ label: t('returns.labelFee'), text: money(-shown.labelFeeMinor) }] : []),
    ...(shown.shortMinor > 0 ? [{ label: t('returns.short'), text: money(-shown.shortMinor) }] : []),
    { label: t(`returns.resolutions.${shown.resolution}`), text: money(shown.refundMinor), strong: true },
  ];
  return (
    <PlanDialog
      onClose={onClose}
      title={t('returns.settleTitle', { number: view.number })}
      planned={planned}
      figures={figures}
      effect={(shown) =>
        shown.needsApproval
          ? t('returns.secondPerson')
          : shown.missing > 0
            ? t('returns.missing', { count: shown.missing })
            : null
      }
      verb={plan && plan.refundMinor > 0 ? t('returns.settleVerb', { amount: money(plan.refundMinor) }) : t('returns.settle')}
      blocked={missing ? t('returns.chooseGoods') : null}
      sending={settle}
      onConfirm={(question) => settle.mutate(request.keyed({ ...question, undoable: true }))}
    >
      <Select
        label={t('returns.resolution')}
        placeholder={t('returns.byPolicy')}
        data={RETURN_WISHES.map((value) => ({ value, label: t(`returns.wishes.${value}`) }))}
        value={asked}
        onChange={(value) => setAsked(RETURN_WISHES.find((known) => known === value) ?? null)}
        clearable
      />
      {exchanges &&
        lines.map(({ lineId, name, units }) => (
          <TextInput
            key={lineId}
            label={t('returns.instead', { name, units })}
            value={skus[lineId] ?? ''}
            onChange={(event) => setSkus({ ...skus, [lineId]: event.currentTarget.value })}
          />
        ))}
    </PlanDialog>
  );
}
