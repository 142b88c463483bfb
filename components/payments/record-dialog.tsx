'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderPage } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** What a person may record of an order's money: the transfer it waits for, what it owes, or a refund that is to be paid out by hand. */
interface Recordable {
  readonly kind: 'received' | 'paid_out';
  readonly amountMinor: bigint;
  readonly operationId?: string;
}

const BY_HAND: ReadonlySet<string> = new Set(['manual', 'cash_on_delivery']);

function recordable({ order, payments }: Pick<OrderPage, 'order' | 'payments'>): Recordable[] {
  const waiting = payments
    .filter(({ provider }) => BY_HAND.has(provider))
    .flatMap(({ operations }) => operations.filter(({ status }) => status === 'in_flight'));
  const found = waiting.flatMap(({ id, kind, amountMinor }): Recordable[] => {
    if (kind === 'authorize') return [{ kind: 'received', amountMinor }];
    return kind === 'refund' ? [{ kind: 'paid_out', amountMinor, operationId: id }] : [];
  });
  const owes = order.holds.includes('payment') && order.receivableMinor > 0n;
  return found.length === 0 && owes ? [{ kind: 'received', amountMinor: order.receivableMinor }] : found;
}

/** Buttons for what a person may record; nothing where there is nothing, or they may not. */
export function RecordPayments({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const { may } = usePowers();
  const [open, setOpen] = useState<Recordable | null>(null);
  const all = recordable(page);
  if (all.length === 0 || !may('payments.record')) return null;
  return (
    <>
      {all.map((one) => (
        <Button key={one.operationId ?? one.kind} size="compact-sm" variant="default" onClick={() => setOpen(one)}>
          {t(`payments.record.${one.kind}`, { amount: format.money(one.amountMinor, page.order.currency) })}
        </Button>
      ))}
      {open && <RecordDialog page={page} what={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function RecordDialog({ page, what, onClose }: { page: OrderPage; what: Recordable; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [reference, setReference] = useState('');
  const [occurredOn, setOccurredOn] = useState('');
  const { id: orderId, number, currency } = page.order;
  const amount = format.money(what.amountMinor, currency);
  const save = useMutation(
    trpc.payments.record.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('payments.record.done', { number }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.orders.pathFilter()),
    }),
  );
  const missing = reference.trim() === '' || occurredOn === '';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('payments.record.title', { number })}
      preview={<p>{t(`payments.record.effect.${what.kind}`, { amount })}</p>}
      verb={t(`payments.record.${what.kind}`, { amount })}
      blocked={missing ? t('ui.required') : null}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() => {
        const about = { orderId, amountMinor: what.amountMinor, currency, reference: reference.trim(), occurredOn };
        save.mutate(request.keyed({ ...about, ...(what.operationId ? { operationId: what.operationId } : {}) }));
      }}
    >
      <TextInput
        label={t('payments.record.reference')}
        description={t('payments.record.referenceHint')}
        required
        maxLength={140}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t('payments.record.day')}
        required
        value={occurredOn}
        onChange={(event) => setOccurredOn(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
