'use client';
import { NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PurchaseLineView, PurchaseOrderPage } from '../../server/views/purchase-orders.ts';
import { useRequestKey } from '../request-key.ts';
import { LinesField, useGoodsLines } from '../stock/lines-field.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface Edited {
  readonly quantity: number;
  readonly cost: string;
  readonly day: string;
}

const asIs = (line: PurchaseLineView): Edited => ({
  quantity: Number(line.ordered),
  cost: line.unitCost ?? '',
  day: line.expectedOn ?? '',
});

/** Changes a purchase order that is not all here yet: its day, its lines, and what else is bought. */
export function EditPurchaseDialog({ page, onClose }: { page: PurchaseOrderPage; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { number } = page;
  const [supplier, setSupplier] = useState(page.supplier);
  const [day, setDay] = useState(page.expectedOn ?? '');
  const [note, setNote] = useState(page.note ?? '');
  const [edited, setEdited] = useState<ReadonlyMap<string, Edited>>(new Map());
  const [text, setText] = useState('');
  const more = useGoodsLines(page.nodeId, text);
  const of = (line: PurchaseLineView): Edited => edited.get(line.id) ?? asIs(line);
  const change = (line: PurchaseLineView, fields: Partial<Edited>) =>
    setEdited(new Map(edited).set(line.id, { ...of(line), ...fields }));
  const edit = useMutation(
    trpc.purchaseOrders.edit.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('stockIo.edit.saved', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.purchaseOrders.pathFilter()),
    }),
  );
  const kept = page.lines.filter((line) => of(line).quantity > 0);
  const added = text.trim() === '' ? [] : more.lines;
  const lines = [
    ...kept.map((line) => {
      const { quantity, cost, day: own } = of(line);
      return { id: line.id, skuId: line.skuId, quantity, unitCost: cost.trim() || null, expectedOn: own || null };
    }),
    ...added.map(({ skuId, quantity, cost }) => ({ skuId, quantity, unitCost: cost })),
  ];
  const blocked =
    supplier.trim() === ''
      ? t('purchasing.supplier')
      : lines.length === 0
        ? t('stockIo.edit.nothing')
        : text.trim() === ''
          ? null
          : more.problem;
  const confirm = () =>
    edit.mutate(
      request.keyed({
        purchaseOrderId: page.id,
        version: page.version,
        supplier: supplier.trim(),
        expectedOn: day || null,
        note: note.trim() || null,
        lines,
      }),
    );
  const columns: Column<PurchaseLineView>[] = [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    {
      key: 'quantity',
      header: t('purchasing.ordered'),
      right: true,
      card: 'actions',
      cell: (line) => (
        <NumberInput
          aria-label={t('stockIo.edit.quantity', { sku: line.skuCode })}
          value={of(line).quantity}
          onChange={(value) => change(line, { quantity: typeof value === 'number' ? value : 0 })}
          min={0}
          max={10_000_000}
          allowDecimal={false}
          hideControls
          size="xs"
          w={80}
        />
      ),
    },
    {
      key: 'cost',
      header: `${t('purchasing.unitCost')} (${page.currency})`,
      right: true,
      cell: (line) => (
        <TextInput
          aria-label={t('stockIo.edit.cost', { sku: line.skuCode })}
          value={of(line).cost}
          onChange={(event) => change(line, { cost: event.currentTarget.value })}
          size="xs"
          w={90}
        />
      ),
    },
    {
      key: 'day',
      header: t('purchasing.expected'),
      cell: (line) => (
        <TextInput
          type="date"
          aria-label={t('stockIo.edit.day', { sku: line.skuCode })}
          value={of(line).day}
          onChange={(event) => change(line, { day: event.currentTarget.value })}
          size="xs"
        />
      ),
    },
  ];
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('stockIo.edit.title', { number })}
      preview={null}
      verb={t('stockIo.edit.verb', { number })}
      blocked={blocked}
      error={shownError(edit.error)}
      busy={edit.isPending}
      onConfirm={confirm}
    >
      <TextInput
        label={t('purchasing.supplier')}
        value={supplier}
        maxLength={200}
        required
        onChange={(event) => setSupplier(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t('purchasing.expected')}
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <TextInput
        label={t('purchasing.note')}
        value={note}
        maxLength={1_000}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <DataTable
        embedded
        label={t('purchasing.lines')}
        columns={columns}
        rows={page.lines}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode}
      />
      <LinesField
        value={text}
        onChange={setText}
        hint={t('stockWork.linesHint', { more: t('stockWork.linesCost') })}
        label={t('stockIo.edit.add')}
        required={false}
      />
    </EffectDialog>
  );
}
