'use client';
import { Button, Group, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PurchaseLineView, PurchaseOrderPage } from '../../server/views/purchase-orders.ts';
import { useRequestKey } from '../request-key.ts';
import { ScanLine } from '../stock/scan-line.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';
import { useNarrow } from '../ui/use-narrow.ts';

interface Figures {
  readonly good: number;
  readonly damaged: number;
  /** Of goods that are kept by lot. */
  readonly lot: string;
  readonly expiresOn: string;
}

const NONE: Figures = { good: 0, damaged: 0, lot: '', expiresOn: '' };
const left = (line: PurchaseLineView): number =>
  Number(line.ordered + line.overAllowed - line.received - line.damaged - line.cancelled);

function useColumns(
  figures: ReadonlyMap<string, Figures>,
  change: (lineId: string, part: Partial<Figures>) => void,
): Column<PurchaseLineView>[] {
  const { t } = useMessages();
  // A card has no headers: there each field says itself what it is for.
  const asCard = useNarrow();
  const field = (line: PurchaseLineView, key: 'good' | 'damaged') => (
    <NumberInput
      aria-label={t('purchasing.ofSku', {
        what: t(key === 'good' ? 'purchasing.good' : 'purchasing.damaged'),
        sku: line.skuCode,
      })}
      label={asCard ? t(key === 'good' ? 'purchasing.good' : 'purchasing.damaged') : undefined}
      value={(figures.get(line.id) ?? NONE)[key]}
      onChange={(value) => change(line.id, { [key]: typeof value === 'number' ? value : 0 })}
      min={0}
      max={10_000_000}
      allowDecimal={false}
      clampBehavior="strict"
      hideControls
      size="xs"
      w={72}
      ml={asCard ? 0 : 'auto'}
      styles={{ input: { textAlign: 'right' } }}
    />
  );
  return [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    { key: 'left', header: t('purchasing.mayArrive'), right: true, cell: (line) => <Quantity value={left(line)} />, card: 'end' },
    { key: 'good', header: t('purchasing.good'), right: true, cell: (line) => field(line, 'good'), card: 'actions' },
    { key: 'damaged', header: t('purchasing.damaged'), right: true, cell: (line) => field(line, 'damaged'), card: 'actions' },
  ];
}

/** Takes in what was unloaded: typed, or scanned one by one. */
export function ReceiveDialog({ page, onClose }: { page: PurchaseOrderPage; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [figures, setFigures] = useState<ReadonlyMap<string, Figures>>(new Map());
  const change = (lineId: string, part: Partial<Figures>) =>
    setFigures((before) => new Map(before).set(lineId, { ...(before.get(lineId) ?? NONE), ...part }));
  const receive = useMutation(
    trpc.purchaseOrders.receive.mutationOptions({
      onSuccess: ({ received, damaged }) => {
        toast.success({ message: t('purchasing.receivedToast', { count: received + damaged }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.purchaseOrders.pathFilter()),
    }),
  );
  const lines = page.lines.filter((line) => left(line) > 0);
  const scan = (code: string): boolean => {
    const line = lines.find((each) => each.skuCode.toLowerCase() === code.toLowerCase() || each.barcode === code);
    if (line) change(line.id, { good: (figures.get(line.id) ?? NONE).good + 1 });
    return line !== undefined;
  };
  const arrived = lines
    .map((line) => ({ line, ...(figures.get(line.id) ?? NONE) }))
    .filter(({ good, damaged }) => good + damaged > 0);
  const units = arrived.reduce((sum, { good, damaged }) => sum + good + damaged, 0);
  const over = arrived.find(({ line, good, damaged }) => good + damaged > left(line));
  const blocked = over
    ? t('purchasing.receiveTooMany', { sku: over.line.skuCode })
    : units === 0
      ? t('purchasing.receiveNothing')
      : null;
  const confirm = () =>
    receive.mutate(
      request.keyed({
        purchaseOrderId: page.id,
        lines: arrived.map(({ line, good, damaged, lot, expiresOn }) => ({
          lineId: line.id,
          received: good,
          damaged,
          ...(line.byLot && good > 0 ? { lot: { code: lot.trim(), expiresOn: expiresOn || null } } : {}),
        })),
      }),
    );
  const all = () =>
    setFigures(
      new Map(lines.map((line) => [line.id, { ...(figures.get(line.id) ?? NONE), good: Number(line.open), damaged: 0 }])),
    );
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('purchasing.receiveTitle', { number: page.number })}
      preview={null}
      verb={t('purchasing.receiveVerb', { count: units })}
      blocked={blocked}
      error={shownError(receive.error)}
      busy={receive.isPending}
      onConfirm={confirm}
    >
      <p>{t('purchasing.receiveHint')}</p>
      <ScanLine label={t('purchasing.scan')} unknown={(code) => t('purchasing.scanNothing', { code })} onScan={scan} />
      <DataTable
        embedded
        label={t('purchasing.lines')}
        columns={useColumns(figures, change)}
        rows={lines}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode}
      />
      {arrived
        .filter(({ line, good }) => line.byLot && good > 0)
        .map(({ line, lot, expiresOn }) => (
          <Group key={line.id} grow>
            <TextInput
              label={t('stockWork.lots.lotOf', { sku: line.skuCode })}
              value={lot}
              maxLength={60}
              required
              onChange={(event) => change(line.id, { lot: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t('stockWork.lots.expiresOf', { sku: line.skuCode })}
              value={expiresOn}
              onChange={(event) => change(line.id, { expiresOn: event.currentTarget.value })}
            />
          </Group>
        ))}
      <Button variant="default" size="xs" onClick={all}>
        {t('purchasing.receiveAll')}
      </Button>
    </EffectDialog>
  );
}
