'use client';
import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderRow } from '../../server/views/orders.ts';
import { useEachRow } from '../each-row.ts';
import { usePowers } from '../powers.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { HoldActions, RefusedRows } from './hold-rows.tsx';

/** Tags several orders: each for itself, and whoever is refused is named. */
function TagRowsDialog(props: { orders: readonly OrderRow[]; onClose: () => void; onDone: () => void }) {
  const { orders } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [tag, setTag] = useState('');
  const each = useEachRow<OrderRow>();
  const run = async () => {
    const act = (order: OrderRow, idempotencyKey: string) =>
      client.orders.tag.mutate({ orderId: order.id, add: [tag.trim()], idempotencyKey });
    const { done, refused } = await each.run(orders, (order) => `${order.id}${tag.trim()}`, act);
    void queryClient.invalidateQueries(trpc.orders.pathFilter());
    if (done.length > 0) toast.success({ message: t('actions.bulk.tagged', { count: done.length }) });
    if (refused.length > 0) return;
    props.onDone();
    props.onClose();
  };
  return (
    <EffectDialog
      opened
      onClose={props.onClose}
      title={t('actions.bulk.title', { count: orders.length })}
      preview={
        <>
          <p>{orders.map((order) => order.number).join(', ')}</p>
          <RefusedRows refused={each.refused} />
        </>
      }
      verb={t('actions.bulk.title', { count: orders.length })}
      blocked={tag.trim() === '' ? t('actions.bulk.noTag') : null}
      busy={each.busy}
      onConfirm={() => void run()}
    >
      <TextInput
        label={t('actions.tags.placeholder')}
        maxLength={40}
        value={tag}
        onChange={(event) => setTag(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

/** What can be done with the selected orders of the list. */
export function BulkActions({ selected, onDone }: { selected: readonly OrderRow[]; onDone: () => void }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [tagging, setTagging] = useState(false);
  return (
    <>
      {powers.may('orders.tag') && (
        <Button variant="default" size="xs" onClick={() => setTagging(true)}>
          {t('actions.bulk.tag')}
        </Button>
      )}
      {powers.may('orders.hold') && <HoldActions orders={selected} clear={onDone} />}
      {tagging && <TagRowsDialog orders={selected} onClose={() => setTagging(false)} onDone={onDone} />}
    </>
  );
}
