'use client';
import { Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { BoxChoice } from './box-choice.tsx';
import { useParcelDone } from './use-parcel-done.ts';

/** Goods of a parcel by line, however their units are cut. */
function goodsOf(page: ShipmentPage, boxId: string | null): { lineId: string; name: string; units: number }[] {
  const { boxes, lines } = page.shipment;
  const own = boxes.find((box) => box.id === boxId)?.lines ?? lines;
  const goods = own.filter((line) => line.skuCode !== null);
  return [...Map.groupBy(goods, (line) => line.lineId)].map(([lineId, of]) => ({
    lineId,
    name: of[0]?.name ?? '',
    units: of.reduce((sum, line) => sum + line.toUnit - line.fromUnit + 1, 0),
  }));
}

/** Takes a parcel that came back to its sender in, unit by unit. */
export function ReceiveDialog({ page, onClose }: { page: ShipmentPage; onClose: () => void }) {
  const { shipment } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const request = useRequestKey();
  const done = useParcelDone();
  const first = shipment.boxes.find((box) => box.status === 'RETURNING') ?? shipment.boxes[0];
  const [boxId, setBoxId] = useState<string | null>(first?.id ?? null);
  const [nodeId, setNodeId] = useState<string>(shipment.nodeId ?? '');
  const [damaged, setDamaged] = useState<Readonly<Record<string, number | null>>>({});
  const nodes = useQuery(trpc.manifests.nodes.queryOptions());
  const receive = useMutation(
    trpc.parcels.receiveReturn.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('parcels.receivedDone', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  const goods = goodsOf(page, boxId);
  const selection = goods.flatMap(({ lineId }) => {
    const quantity = damaged[lineId] ?? 0;
    return quantity > 0 ? [{ lineId, quantity }] : [];
  });
  const own = (nodes.data ?? []).filter((node) => node.merchantName === page.order.merchantName);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('parcels.receiveTitle', { number: shipment.number })}
      preview={<p>{t('parcels.receiveEffect')}</p>}
      reason={{ required: false }}
      verb={t('parcels.receiveVerb')}
      error={shownError(receive.error)}
      busy={receive.isPending}
      onConfirm={(note) =>
        receive.mutate(
          request.keyed({
            shipmentId: shipment.id,
            ...(boxId ? { boxId } : {}),
            nodeId,
            damaged: selection,
            ...(note ? { note } : {}),
          }),
        )
      }
    >
      <BoxChoice shipment={shipment} value={boxId} onChange={setBoxId} all={false} />
      <Select
        label={t('parcels.closeNode')}
        data={own.map((node) => ({ value: node.id, label: node.name }))}
        value={nodeId}
        onChange={(value) => value && setNodeId(value)}
        allowDeselect={false}
      />
      {goods.map(({ lineId, name, units }) => (
        <QuantityInput
          key={lineId}
          label={t('parcels.damagedOf', { name })}
          value={damaged[lineId] === undefined ? 0 : damaged[lineId]}
          onChange={(quantity) => setDamaged({ ...damaged, [lineId]: quantity })}
          max={units}
        />
      ))}
    </EffectDialog>
  );
}

/** Says that nothing more is to be done about parcels in trouble. */
export function SettleDialog({ page, onClose }: { page: ShipmentPage; onClose: () => void }) {
  const { shipment } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const request = useRequestKey();
  const done = useParcelDone();
  const settle = useMutation(
    trpc.parcels.settle.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('parcels.settled', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('parcels.settleTitle', { number: shipment.number })}
      preview={<p>{t('parcels.settleEffect')}</p>}
      reason={{ required: true }}
      verb={t('parcels.settleVerb')}
      error={shownError(settle.error)}
      busy={settle.isPending}
      onConfirm={(reason) => settle.mutate(request.keyed({ shipmentId: shipment.id, reason }))}
    />
  );
}
