'use client';
import { NumberInput, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReorderPointRow } from '../../server/views/stock-alerts.ts';
import { useLive } from '../live.tsx';
import { useRequestKey } from '../request-key.ts';
import { useNodes } from '../stock/lines-field.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

/** When a SKU is ordered again, and whether it is low. Nothing is shown where nobody said so. */
export function ReorderPoints({ skuId }: { skuId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const points = useQuery(trpc.replenishment.points.queryOptions({ skuId }));
  useLive([`sku:${skuId}`], { queryKeys: [trpc.replenishment.points.queryKey({ skuId })] });
  if (!points.data || points.data.length === 0) return null;
  const columns: Column<ReorderPointRow>[] = [
    { key: 'where', header: t('stockIo.reorder.where'), cell: (row) => row.nodeCode ?? t('stockIo.low.allNodes'), card: 'title' },
    { key: 'point', header: t('stockIo.reorder.point'), right: true, cell: (row) => <Quantity value={row.point} />, card: 'end' },
    { key: 'quantity', header: t('stockIo.reorder.quantity'), right: true, cell: (row) => <Quantity value={row.quantity} /> },
    {
      key: 'state',
      header: t('stockIo.reorder.state'),
      cell: (row) => t(row.isLow ? 'stockIo.reorder.low' : 'stockIo.reorder.enough'),
      card: 'sub',
    },
  ];
  return (
    <Section title={t('stockIo.reorder.title')} count={points.data.length}>
      <DataTable
        embedded
        label={t('stockIo.reorder.title')}
        columns={columns}
        rows={points.data}
        rowKey={(row) => row.nodeId ?? 'all'}
        rowLabel={(row) => row.nodeCode ?? t('stockIo.low.allNodes')}
      />
    </Section>
  );
}

const ALL = 'all';

interface Props {
  readonly sku: { readonly id: string; readonly code: string; readonly merchantId: string };
  readonly onClose: () => void;
}

/** Sets or takes away when a SKU is ordered again, at one node or over all. */
export function ReorderDialog({ sku, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const places = useNodes().filter((place) => place.merchantId === sku.merchantId);
  const points = useQuery(trpc.replenishment.points.queryOptions({ skuId: sku.id }));
  const [where, setWhere] = useState(ALL);
  const [typed, setTyped] = useState<{ readonly point: number | null; readonly quantity: number | null } | null>(null);
  const nodeId = where === ALL ? null : where;
  const known = points.data?.find((row) => row.nodeId === nodeId);
  const now = typed ?? { point: known ? Number(known.point) : null, quantity: known ? Number(known.quantity) : null };
  const set = useMutation(
    trpc.replenishment.setPoints.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('stockIo.reorder.done') });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.replenishment.pathFilter()),
    }),
  );
  const clears = now.point === null;
  const incomplete = clears ? !known : now.quantity === null;
  const confirm = () => {
    const rule = now.point === null || now.quantity === null ? null : { point: now.point, quantity: now.quantity };
    set.mutate(request.keyed({ merchantId: sku.merchantId, rows: [{ skuId: sku.id, nodeId, rule }] }));
  };
  const numberOf = (value: number | string): number | null => (typeof value === 'number' ? value : null);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stockIo.reorder.dialog', { sku: sku.code })}
      preview={null}
      verb={t(clears ? 'stockIo.reorder.clear' : 'stockIo.reorder.verb')}
      danger={clears}
      blocked={incomplete ? t('ui.required') : null}
      error={shownError(set.error)}
      busy={set.isPending}
      onConfirm={confirm}
    >
      <Select
        label={t('stockIo.reorder.where')}
        data={[
          { value: ALL, label: t('stockIo.low.allNodes') },
          ...places.map(({ id, name, code }) => ({ value: id, label: `${name} (${code})` })),
        ]}
        value={where}
        onChange={(value) => {
          setWhere(value ?? ALL);
          setTyped(null);
        }}
        allowDeselect={false}
      />
      <NumberInput
        label={t('stockIo.reorder.point')}
        description={t('stockIo.reorder.pointHint')}
        value={now.point ?? ''}
        onChange={(value) => setTyped({ ...now, point: numberOf(value) })}
        min={0}
        max={10_000_000}
        allowDecimal={false}
      />
      <NumberInput
        label={t('stockIo.reorder.quantity')}
        value={now.quantity ?? ''}
        onChange={(value) => setTyped({ ...now, quantity: numberOf(value) })}
        min={1}
        max={10_000_000}
        allowDecimal={false}
      />
    </EffectDialog>
  );
}
