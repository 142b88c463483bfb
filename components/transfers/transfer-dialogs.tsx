'use client';
import { Checkbox, NumberInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TransferPage } from '../../server/views/stock-transfers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

interface Props {
  readonly page: TransferPage;
  readonly onClose: () => void;
}

/** What every dialog of a transfer shares once it is done. */
function useDone(onClose: () => void, said: string) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  return {
    request,
    options: {
      onSuccess: () => {
        toast.success({ message: said });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.transfers.pathFilter()),
    },
  };
}

export function SendDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { number } = page;
  const { request, options } = useDone(onClose, t('stockWork.transfers.sentToast', { number }));
  const send = useMutation(trpc.transfers.send.mutationOptions(options));
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stockWork.transfers.sendTitle', { number })}
      preview={<p>{t('stockWork.transfers.sendEffect', { from: page.fromName })}</p>}
      verb={t('stockWork.transfers.sendVerb', { number })}
      error={shownError(send.error)}
      busy={send.isPending}
      onConfirm={() => send.mutate(request.keyed({ transferId: page.id }))}
    />
  );
}

export function CancelDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { number } = page;
  const { request, options } = useDone(onClose, t('stockWork.transfers.cancelledToast', { number }));
  const cancel = useMutation(trpc.transfers.cancel.mutationOptions(options));
  return (
    <EffectDialog
      opened
      danger
      onClose={onClose}
      title={t('stockWork.transfers.cancelTitle', { number })}
      preview={<p>{t('stockWork.transfers.cancelEffect')}</p>}
      reason={{ required: true }}
      verb={t('stockWork.transfers.cancelVerb', { number })}
      error={shownError(cancel.error)}
      busy={cancel.isPending}
      onConfirm={(reason) => cancel.mutate(request.keyed({ transferId: page.id, reason }))}
    />
  );
}

type Line = TransferPage['lines'][number];

/** What arrived; more or less than was sent wants its reason. */
export function ArriveDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { number } = page;
  const { request, options } = useDone(onClose, t('stockWork.transfers.receivedToast', { number }));
  const receive = useMutation(trpc.transfers.receive.mutationOptions(options));
  const coming = page.lines.filter((line) => line.inTransit > 0n);
  const [typed, setTyped] = useState<ReadonlyMap<string, number>>(new Map());
  const [finish, setFinish] = useState(false);
  const [reason, setReason] = useState('');
  const came = (line: Line): number => typed.get(line.id) ?? Number(line.inTransit);
  const units = coming.reduce((sum, line) => sum + came(line), 0);
  const differs = coming.some((line) => came(line) > Number(line.inTransit) || (finish && came(line) < Number(line.inTransit)));
  const columns: Column<Line>[] = [
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    {
      key: 'transit',
      header: t('stockWork.transfers.inTransit'),
      right: true,
      cell: (line) => <Quantity value={line.inTransit} />,
      card: 'end',
    },
    {
      key: 'came',
      header: t('stockWork.transfers.arrived'),
      right: true,
      card: 'actions',
      cell: (line) => (
        <NumberInput
          aria-label={t('stockWork.transfers.arrivedOf', { sku: line.skuCode })}
          value={came(line)}
          onChange={(value) => setTyped((before) => new Map(before).set(line.id, typeof value === 'number' ? value : 0))}
          min={0}
          max={10_000_000}
          allowDecimal={false}
          hideControls
          size="xs"
          w={80}
        />
      ),
    },
  ];
  const confirm = () =>
    receive.mutate(
      request.keyed({
        transferId: page.id,
        lines: coming.map((line) => ({ lineId: line.id, received: came(line) })),
        finish,
        reason: differs ? reason.trim() : undefined,
      }),
    );
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('stockWork.transfers.receiveTitle', { number })}
      preview={null}
      verb={t('stockWork.transfers.receiveVerb', { count: units })}
      blocked={differs && reason.trim() === '' ? t('stockWork.transfers.why') : null}
      error={shownError(receive.error)}
      busy={receive.isPending}
      onConfirm={confirm}
    >
      <DataTable
        embedded
        label={t('purchasing.lines')}
        columns={columns}
        rows={coming}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode}
      />
      <Checkbox
        label={t('stockWork.transfers.finish')}
        checked={finish}
        onChange={(event) => setFinish(event.currentTarget.checked)}
      />
      {differs && (
        <TextInput
          label={t('stockWork.transfers.why')}
          value={reason}
          maxLength={500}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
    </EffectDialog>
  );
}
