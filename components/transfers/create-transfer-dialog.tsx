'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useRequestKey } from '../request-key.ts';
import { GoodsTable, LinesField, NodeSelect, useGoodsLines, useNodes } from '../stock/lines-field.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Asks for goods of one node at another. */
export function CreateTransferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const places = useNodes();
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [text, setText] = useState('');
  const { lines, problem } = useGoodsLines(from, text);
  const create = useMutation(
    trpc.transfers.create.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('stockWork.transfers.made', { number }) });
        router.push(`/transfers/${number}`);
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.transfers.pathFilter()),
    }),
  );
  const merchantId = places.find((place) => place.id === from)?.merchantId;
  const ends = places.filter((place) => place.merchantId === merchantId && place.id !== from);
  const toNodeId = ends.find((place) => place.id === to)?.id ?? (ends.length === 1 ? ends[0]?.id : undefined) ?? null;
  const blocked =
    from === null
      ? t('stockWork.chooseNode')
      : toNodeId === null
        ? t('stockWork.transfers.sameNode')
        : (problem ?? (lines.some((line) => line.quantity < 1) ? t('stockWork.linesNone') : null));
  const confirm = () => {
    if (!merchantId || !from || !toNodeId) return;
    const wanted = lines.map(({ skuId, quantity }) => ({ skuId, quantity }));
    create.mutate(request.keyed({ merchantId, fromNodeId: from, toNodeId, lines: wanted }));
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('stockWork.transfers.create')}
      preview={lines.length > 0 ? <GoodsTable lines={lines} /> : null}
      verb={t('stockWork.transfers.createVerb', { count: lines.length })}
      blocked={blocked}
      error={shownError(create.error)}
      busy={create.isPending}
      onConfirm={confirm}
    >
      <NodeSelect label={t('stockWork.transfers.from')} places={places} value={from} onChange={setFrom} />
      <NodeSelect label={t('stockWork.transfers.to')} places={ends} value={toNodeId} onChange={setTo} />
      <LinesField value={text} onChange={setText} hint={t('stockWork.linesHint', { more: '' })} />
    </EffectDialog>
  );
}
