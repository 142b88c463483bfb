'use client';
import { NumberInput, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SALES_CHANNELS, type SalesChannel } from '../../server/kernel/vocabulary.ts';
import type { StockPage } from '../../server/views/stock.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const MAX_UNITS = 10_000_000;

interface Props {
  readonly page: StockPage;
  readonly onClose: () => void;
}

interface UnitsProps {
  readonly label: string;
  readonly description?: string;
  readonly value: number | null;
  readonly required?: boolean;
  readonly onChange: (value: number | null) => void;
}

function Units({ value, onChange, ...props }: UnitsProps) {
  return (
    <NumberInput
      {...props}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      min={0}
      max={MAX_UNITS}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="strict"
    />
  );
}

/** What both dialogs do when it is done: say so, close, and look again. */
function useDone(onClose: () => void) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  return {
    onSuccess: (message: string) => {
      toast.success({ message });
      onClose();
    },
    onSettled: async () => {
      await queryClient.invalidateQueries(trpc.stock.pathFilter());
      await queryClient.invalidateQueries(trpc.promises.pathFilter());
    },
  };
}

/** Sets the units that a node keeps back. */
export function SafetyDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useDone(onClose);
  const { sku, nodes } = page;
  const [nodeId, setNode] = useState<string | null>(nodes[0]?.nodeId ?? null);
  const level = nodes.find((node) => node.nodeId === nodeId);
  const [typed, setUnits] = useState<number | null>(null);
  const units = typed ?? (level ? Number(level.safety) : null);
  const set = useMutation(
    trpc.promises.setSafety.mutationOptions({
      onSuccess: (result) =>
        done.onSuccess(t('stock.promises.safetyDone', { units: result.safety, available: result.available })),
      onError: request.failed,
      onSettled: done.onSettled,
    }),
  );
  const same = level !== undefined && units === Number(level.safety);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stock.promises.safetyTitle', { sku: sku.code })}
      preview={null}
      verb={t('stock.promises.safetyVerb')}
      blocked={nodeId === null || units === null ? t('ui.required') : same ? t('stock.promises.same') : null}
      error={shownError(set.error)}
      busy={set.isPending}
      onConfirm={() => {
        if (nodeId === null || units === null) return;
        set.mutate(request.keyed({ merchantId: sku.merchantId, skuId: sku.id, nodeId, safety: units }));
      }}
    >
      <Select
        label={t('actions.node')}
        data={nodes.map((node) => ({ value: node.nodeId, label: `${node.nodeName} (${node.nodeCode})` }))}
        value={nodeId}
        onChange={(value) => {
          setNode(value);
          setUnits(null);
        }}
        allowDeselect={false}
        required
      />
      <Units label={t('stock.safety')} description={t('stock.promises.safetyHint')} value={units} onChange={setUnits} required />
    </EffectDialog>
  );
}

/** Sets what a channel may be promised. */
export function ChannelDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useDone(onClose);
  const { sku } = page;
  const view = useQuery(trpc.promises.get.queryOptions({ code: sku.code, merchantId: sku.merchantId }));
  const [channel, setChannel] = useState<SalesChannel>('shop');
  const rule = view.data?.channels.find((each) => each.channel === channel);
  const [typed, setTyped] = useState<{ buffer: number | null; cap: number | null } | null>(null);
  const now = { buffer: Number(rule?.buffer ?? 0n), cap: rule && rule.cap !== null ? Number(rule.cap) : null };
  const wanted = typed ?? now;
  const set = useMutation(
    trpc.promises.setChannel.mutationOptions({
      onSuccess: (result) =>
        done.onSuccess(
          t('stock.promises.channelDone', { channel: t(`stock.promises.channels.${channel}`), available: result.available }),
        ),
      onError: request.failed,
      onSettled: done.onSettled,
    }),
  );
  const same = wanted.buffer === now.buffer && wanted.cap === now.cap;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stock.promises.channelTitle', { sku: sku.code })}
      preview={view.data ? null : undefined}
      verb={t('stock.promises.channelVerb')}
      blocked={wanted.buffer === null ? t('ui.required') : same ? t('stock.promises.same') : null}
      error={shownError(set.error ?? view.error)}
      busy={set.isPending}
      onConfirm={() => {
        if (wanted.buffer === null) return;
        const { buffer, cap } = wanted;
        set.mutate(request.keyed({ merchantId: sku.merchantId, skuId: sku.id, channel, buffer, cap }));
      }}
    >
      <Select
        label={t('stock.promises.channel')}
        data={SALES_CHANNELS.map((value) => ({ value, label: t(`stock.promises.channels.${value}`) }))}
        value={channel}
        onChange={(value) => {
          setChannel(SALES_CHANNELS.find((known) => known === value) ?? 'shop');
          setTyped(null);
        }}
        allowDeselect={false}
        required
      />
      <Units
        label={t('stock.promises.buffer')}
        description={t('stock.promises.bufferHint')}
        value={wanted.buffer}
        onChange={(buffer) => setTyped({ ...wanted, buffer })}
        required
      />
      <Units
        label={t('stock.promises.cap')}
        description={t('stock.promises.capHint')}
        value={wanted.cap}
        onChange={(cap) => setTyped({ ...wanted, cap })}
      />
    </EffectDialog>
  );
}
