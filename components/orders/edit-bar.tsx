'use client';
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconHourglass } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { UNDO_WINDOW_MS } from '../../server/kernel/undo.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { useTRPC } from '../trpc.tsx';
import { Bar } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useCountdown, useUndoable } from '../ui/undo.tsx';
import { orderFacts } from './order-facts.ts';
import { editUndoId, useWithdrawEdit } from './use-edit.ts';

/** An edit that waits: to be undone for some seconds, for the bank, or for its customer to pay. */
export function EditBar({ page }: { page: OrderPage }) {
  const powers = usePowers();
  return powers.may('edits.ofOrder') && orderFacts(page).editing ? <Waiting page={page} /> : null;
}

function Waiting({ page: { order } }: { page: OrderPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const powers = usePowers();
  const withdraw = useWithdrawEdit();
  const { data, refetch } = useQuery(trpc.edits.ofOrder.queryOptions({ orderId: order.id }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order's version says that its edits may have moved.
  useEffect(() => void refetch(), [order.version, refetch]);
  const edit = data?.find(({ status }) => status === 'waiting');
  const until = edit?.undoUntil ?? null;
  const seconds = useCountdown(until ?? new Date(0));
  const may = powers.may('edits.withdraw');
  const run = () => edit && withdraw.run(order.id, edit.id);
  const undo = edit && until && may && !withdraw.busy;
  useUndoable(undo ? { id: editUndoId(edit.id), since: until.getTime() - UNDO_WINDOW_MS, run } : null);
  if (!edit) return null;
  const amount = format.money(edit.afterMinor - edit.beforeMinor, edit.currency);
  const text =
    until && seconds > 0
      ? t('edits.waitsUndo', { count: seconds })
      : edit.payUntil
        ? t('edits.waitsCustomer', { amount, until: format.dateTime(edit.payUntil) })
        : t('edits.waitsMoney', { amount });
  return (
    <Bar
      tone={edit.payUntil ? 'attention' : 'moving'}
      icon={IconHourglass}
      title={t('edits.waiting')}
      action={
        may && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            loading={withdraw.busy}
            aria-keyshortcuts={undo ? 'z' : undefined}
            onClick={run}
          >
            {t('edits.takeBack')}
          </Button>
        )
      }
    >
      {text} {edit.payUrl && <CopyText value={edit.payUrl} shown={t('edits.payLink')} what={t('edits.payLink')} />}
    </Bar>
  );
}
