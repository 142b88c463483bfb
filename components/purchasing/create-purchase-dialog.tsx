'use client';
import { Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useRequestKey } from '../request-key.ts';
import { GoodsTable, LinesField, NodeSelect, useGoodsLines, useNodes } from '../stock/lines-field.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Describes what is bought: of whom, for which node, which articles. */
export function CreatePurchaseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const places = useNodes();
  const [chosen, setNode] = useState<string | null>(null);
  const [supplier, setSupplier] = useState('');
  const [expectedOn, setDay] = useState('');
  const [text, setText] = useState('');
  const [order, setOrder] = useState(true);
  const nodeId = chosen ?? (places.length === 1 ? (places[0]?.id ?? null) : null);
  const { lines, problem } = useGoodsLines(nodeId, text);
  const create = useMutation(
    trpc.purchaseOrders.create.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('purchasing.made', { number }) });
        router.push(`/purchase-orders/${number}`);
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.purchaseOrders.pathFilter()),
    }),
  );
  const merchantId = places.find((place) => place.id === nodeId)?.merchantId;
  const blocked =
    problem ??
    (supplier.trim() === ''
      ? t('purchasing.supplier')
      : lines.some((line) => line.quantity < 1)
        ? t('stockWork.linesNone')
        : null);
  const confirm = () => {
    if (!nodeId || !merchantId) return;
    const wanted = lines.map(({ skuId, quantity, cost }) => ({ skuId, quantity, unitCost: cost }));
    create.mutate(request.keyed({ merchantId, nodeId, supplier, expectedOn: expectedOn || null, order, lines: wanted }));
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('purchasing.create')}
      preview={lines.length > 0 ? <GoodsTable lines={lines} /> : null}
      verb={t(order ? 'purchasing.createVerb' : 'purchasing.draftVerb', { count: lines.length })}
      blocked={blocked}
      error={shownError(create.error)}
      busy={create.isPending}
      onConfirm={confirm}
    >
      <TextInput
        label={t('purchasing.supplier')}
        value={supplier}
        maxLength={200}
        required
        onChange={(event) => setSupplier(event.currentTarget.value)}
      />
      <NodeSelect label={t('purchasing.node')} places={places} value={nodeId} onChange={setNode} />
      <TextInput
        type="date"
        label={t('purchasing.expected')}
        value={expectedOn}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <LinesField value={text} onChange={setText} hint={t('stockWork.linesHint', { more: t('stockWork.linesCost') })} />
      <Checkbox label={t('purchasing.atOnce')} checked={order} onChange={(event) => setOrder(event.currentTarget.checked)} />
    </EffectDialog>
  );
}
