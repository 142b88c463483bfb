'use client';
import { NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ADJUSTMENT_REASONS, type AdjustmentReason } from '../../server/domains/inventory/schema.ts';
import { newId } from '../../server/kernel/ids.ts';
import type { AdjustmentPreview } from '../../server/views/stock-adjustment.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const MAX_UNITS = 10_000_000;
const REST_MS = 150;
const signed = (value: number) => (value > 0 ? `+${value}` : `\u2212${Math.abs(value)}`);

function Effect({ preview }: { preview: AdjustmentPreview }) {
  const { t } = useMessages();
  const format = useFormat();
  const number = (value: number) => <span className="wb-number">{format.number(value)}</span>;
  return (
    <>
      <KeyValue
        figures
        items={[
          { label: t('actions.stock.before'), value: number(preview.onHand) },
          { label: t('actions.stock.after'), value: number(preview.after), strong: true },
          { label: t('actions.stock.worth'), value: format.money(preview.worthMinor, preview.currency) },
          ...(preview.short > 0 ? [{ label: t('actions.stock.short'), value: number(preview.short) }] : []),
        ]}
      />
      {preview.needsApproval && <p>{t('actions.stock.needsApproval')}</p>}
    </>
  );
}

interface Adjustable {
  readonly sku: { readonly id: string; readonly code: string; readonly merchantId: string };
  /** The node that is proposed. */
  readonly nodeId: string | undefined;
}

/** What the form holds and what that would come to. */
function useAdjustment({ sku, nodeId: proposed }: Adjustable) {
  const trpc = useTRPC();
  const nodes = useQuery(trpc.stock.nodes.queryOptions({ merchantId: sku.merchantId }));
  const [chosen, setNode] = useState<string | null>(null);
  const [mode, setMode] = useState<'delta' | 'count'>('delta');
  const [units, setUnits] = useState<number | null>(null);
  const nodeId = chosen ?? proposed ?? nodes.data?.[0]?.id ?? null;
  const wanted =
    nodeId !== null && units !== null ? { skuId: sku.id, nodeId, [mode === 'delta' ? 'delta' : 'counted']: units } : null;
  const [rested] = useDebouncedValue(JSON.stringify(wanted), REST_MS);
  const preview = useQuery({
    ...trpc.stock.previewAdjust.queryOptions(wanted ?? { skuId: sku.id, nodeId: sku.id }),
    enabled: wanted !== null && rested === JSON.stringify(wanted),
    staleTime: 0,
    retry: false,
  });
  return { nodes: nodes.data ?? [], nodeId, setNode, mode, setMode, units, setUnits, wanted, preview };
}

function Fields({ form }: { form: ReturnType<typeof useAdjustment> }) {
  const { t } = useMessages();
  return (
    <>
      <Select
        label={t('actions.node')}
        data={form.nodes.map((node) => ({ value: node.id, label: `${node.name} (${node.code})` }))}
        value={form.nodeId}
        onChange={form.setNode}
        allowDeselect={false}
        required
      />
      <SegmentedControl
        aria-label={t('actions.stock.how')}
        value={form.mode}
        onChange={(value) => form.setMode(value === 'count' ? 'count' : 'delta')}
        data={[
          { value: 'delta', label: t('actions.stock.byDelta') },
          { value: 'count', label: t('actions.stock.byCount') },
        ]}
      />
      <NumberInput
        label={t(form.mode === 'delta' ? 'actions.stock.delta' : 'actions.stock.counted')}
        value={form.units ?? ''}
        onChange={(value) => form.setUnits(typeof value === 'number' ? value : null)}
        min={form.mode === 'delta' ? -MAX_UNITS : 0}
        max={MAX_UNITS}
        allowDecimal={false}
        clampBehavior="strict"
        data-autofocus
        required
      />
    </>
  );
}

/** Changes what is on hand: by a difference, or to what was counted against what the record said when it was shown. */
export function AdjustDialog({ sku, nodeId, onClose }: Adjustable & { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const form = useAdjustment({ sku, nodeId });
  const [note, setNote] = useState('');
  const shown = form.wanted ? form.preview.data : undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another adjustment is another request
  const key = useMemo(() => newId(), [form.units, form.nodeId, form.mode, shown?.onHand]);
  const adjust = useMutation(
    trpc.stock.adjust.mutationOptions({
      onSuccess: (result) => {
        const waits = result.status === 'awaiting_approval';
        toast.success({
          message: t(waits ? 'actions.stock.waits' : 'actions.stock.done', { sku: sku.code, onHand: result.onHand }),
          ...(waits ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onError: () => form.preview.refetch(),
      onSettled: () => queryClient.invalidateQueries(trpc.stock.pathFilter()),
    }),
  );
  const problem = !shown ? null : shown.after < 0 ? 'tooFew' : shown.delta === 0 && form.mode === 'delta' ? 'nothing' : null;
  const blocked = form.wanted === null ? t('actions.stock.choose') : problem ? t(`actions.stock.${problem}`) : null;
  const delta = shown ? signed(shown.delta) : '';
  const verb = !shown
    ? t('actions.stock.verbWaiting')
    : shown.needsApproval
      ? t('actions.stock.verbAsk', { delta })
      : form.mode === 'count'
        ? t('actions.stock.verbCount')
        : t('actions.stock.verb', { delta });
  const confirm = (reason: string) => {
    if (!shown || form.nodeId === null || form.units === null) return;
    const place = { merchantId: sku.merchantId, skuId: sku.id, nodeId: form.nodeId };
    const why = { reason: reason as AdjustmentReason, note: note.trim() || undefined, idempotencyKey: `${key}:${reason}` };
    if (form.mode === 'delta') adjust.mutate({ ...place, ...why, delta: form.units });
    else adjust.mutate({ ...place, ...why, counted: form.units, expected: shown.onHand });
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('actions.stock.title', { sku: sku.code })}
      preview={shown ? <Effect preview={shown} /> : blocked || form.preview.error ? <span /> : undefined}
      reason={{
        required: true,
        options: ADJUSTMENT_REASONS.map((value) => ({ value, label: t(`actions.stock.reasons.${value}`) })),
      }}
      verb={verb}
      blocked={blocked}
      error={shownError(adjust.error ?? form.preview.error)}
      busy={adjust.isPending}
      onConfirm={confirm}
    >
      <Fields form={form} />
      <TextInput
        label={t('actions.note')}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
