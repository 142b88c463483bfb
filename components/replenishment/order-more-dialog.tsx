'use client';
import { NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { LowStockRow } from '../../server/views/stock-alerts.ts';
import { useRequestKey } from '../request-key.ts';
import { NodeSelect, useNodes } from '../stock/lines-field.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

/** Drafts a purchase order of what runs low, as many as it takes to be above the points. */
export function OrderMoreDialog({ alerts, onClose }: { alerts: readonly LowStockRow[]; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  // One line per article: an article that is low at several nodes is ordered for all of them.
  const rows = [...Map.groupBy(alerts, (row) => row.skuId).values()].map((own) => ({
    ...(own[0] as LowStockRow),
    toOrder: own.reduce((sum, row) => sum + row.toOrder, 0n),
  }));
  const [units, setUnits] = useState<ReadonlyMap<string, number>>(new Map());
  const [supplier, setSupplier] = useState('');
  const merchants = new Set(rows.map((row) => row.merchantId));
  const places = useNodes().filter((place) => merchants.has(place.merchantId));
  const nodes = new Set(alerts.map((row) => row.nodeId));
  const [chosen, setNode] = useState<string | null>(nodes.size === 1 ? (alerts[0]?.nodeId ?? null) : null);
  const nodeId = chosen ?? places[0]?.id ?? null;
  const unitsOf = (row: LowStockRow): number => units.get(row.skuId) ?? Number(row.toOrder);
  const lines = rows.flatMap((row) => (unitsOf(row) > 0 ? [{ skuId: row.skuId, quantity: unitsOf(row) }] : []));
  const create = useMutation(
    trpc.purchaseOrders.create.mutationOptions({
      onSuccess: ({ number }) => {
        toast.success({ message: t('purchasing.made', { number }) });
        router.push(`/purchase-orders/${number}`);
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.replenishment.pathFilter()),
    }),
  );
  const blocked =
    merchants.size > 1
      ? t('stockIo.low.oneMerchant')
      : lines.length === 0
        ? t('stockIo.low.nothingToOrder')
        : supplier.trim() === ''
          ? t('purchasing.supplier')
          : null;
  const confirm = () => {
    const merchantId = rows[0]?.merchantId;
    if (merchantId && nodeId) create.mutate(request.keyed({ merchantId, nodeId, supplier: supplier.trim(), lines }));
  };
  const columns: Column<LowStockRow>[] = [
    { key: 'sku', header: t('stockIo.low.sku'), cell: (row) => row.code, card: 'title' },
    { key: 'point', header: t('stockIo.low.point'), right: true, cell: (row) => <Quantity value={row.point} /> },
    {
      key: 'available',
      header: t('stockIo.low.available'),
      right: true,
      cell: (row) => <Quantity value={row.available} />,
      card: 'end',
    },
    {
      key: 'units',
      header: t('stockIo.low.toOrder'),
      right: true,
      card: 'actions',
      cell: (row) => (
        <NumberInput
          aria-label={t('stockIo.low.quantityOf', { sku: row.code })}
          value={unitsOf(row)}
          onChange={(value) => setUnits((before) => new Map(before).set(row.skuId, typeof value === 'number' ? value : 0))}
          min={0}
          max={10_000_000}
          allowDecimal={false}
          hideControls
          size="xs"
          w={90}
        />
      ),
    },
  ];
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('stockIo.low.orderTitle')}
      preview={null}
      verb={t('stockIo.low.orderVerb', { count: lines.length })}
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
      <DataTable
        embedded
        label={t('stockIo.low.orderTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.skuId}
        rowLabel={(row) => row.code}
      />
    </EffectDialog>
  );
}
