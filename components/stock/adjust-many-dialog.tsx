'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ADJUSTMENT_REASONS, type AdjustmentReason } from '../../server/domains/inventory/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { GoodsTable, LinesField, NodeSelect, useGoodsLines, useNodes } from './lines-field.tsx';

/** Changes what is on hand of many articles at one node, all or none; together they wait for one second person where that is needed. */
export function AdjustManyDialog(props: {
  /** Articles that were chosen: a line each, whose figure is missing. */
  readonly codes: readonly string[];
  readonly nodeId: string | undefined;
  readonly onClose: () => void;
}) {
  const { onClose } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const places = useNodes();
  const [chosen, setNode] = useState<string | null>(props.nodeId ?? null);
  const [text, setText] = useState(() => props.codes.map((code) => `${code} `).join('\n'));
  const nodeId = chosen ?? (places.length === 1 ? (places[0]?.id ?? null) : null);
  const { lines, problem } = useGoodsLines(nodeId, text);
  const adjust = useMutation(
    trpc.stock.adjustRows.mutationOptions({
      onSuccess: ({ status, rows }) => {
        const waits = status === 'awaiting_approval';
        toast.success({
          message: t(waits ? 'stockWork.bulk.waits' : 'stockWork.bulk.done', { count: rows }),
          ...(waits ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.stock.pathFilter()),
    }),
  );
  const merchantId = places.find((place) => place.id === nodeId)?.merchantId;
  const short = lines.find((line) => line.onHand + BigInt(line.quantity) < 0n);
  const confirm = (reason: string) => {
    if (!merchantId || !nodeId) return;
    const rows = lines.map(({ skuId, quantity }) => ({ skuId, nodeId, delta: quantity, reason: reason as AdjustmentReason }));
    adjust.mutate(request.keyed({ merchantId, mode: 'all' as const, rows }));
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('stockWork.bulk.title')}
      preview={lines.length > 0 ? <GoodsTable signed lines={lines} /> : null}
      reason={{
        required: true,
        options: ADJUSTMENT_REASONS.map((value) => ({ value, label: t(`actions.stock.reasons.${value}`) })),
      }}
      verb={t('stockWork.bulk.verb', { count: lines.length })}
      blocked={problem ?? (short ? t('actions.stock.tooFew') : null)}
      error={shownError(adjust.error)}
      busy={adjust.isPending}
      onConfirm={confirm}
    >
      <NodeSelect label={t('stockWork.node')} places={places} value={nodeId} onChange={setNode} />
      <LinesField value={text} onChange={setText} hint={t('stockWork.bulk.hint')} />
    </EffectDialog>
  );
}
