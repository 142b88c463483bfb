'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayHappen } from '../../server/domains/orders/rules.ts';
import type { OrderRow } from '../../server/views/orders.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

type Verb = 'tag' | 'hold' | 'release';

/** Which of the selected orders a verb changes; the others are counted, not hidden. */
function concerned(verb: Verb, selected: readonly OrderRow[]): readonly OrderRow[] {
  if (verb === 'tag') return selected;
  if (verb === 'release') return selected.filter((order) => order.holds.includes('manual'));
  return selected.filter((order) => mayHappen(order.status, 'hold').allowed && !order.holds.includes('manual'));
}

/** Tags, holds or releases several orders: each on its own, and what was refused is said and stays selected. */
function BulkDialog(props: { verb: Verb; selected: readonly OrderRow[]; onClose: () => void; onDone: () => void }) {
  const { verb, onClose, onDone } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [tag, setTag] = useState('');
  const orders = concerned(verb, props.selected);
  const others = props.selected.length - orders.length;
  const one = (order: OrderRow, reason: string) => {
    if (verb === 'tag') return client.orders.tag.mutate({ orderId: order.id, add: [tag.trim()] });
    return client.orders[verb].mutate({ orderId: order.id, hold: 'manual', reason });
  };
  const all = useMutation({
    mutationFn: async (reason: string) => {
      const results = await Promise.allSettled(orders.map((order) => one(order, reason)));
      const refused = orders.filter((_, index) => results[index]?.status === 'rejected');
      const error = results.find((result) => result.status === 'rejected')?.reason;
      if (refused.length > 0) throw Object.assign(error, { refused });
      return orders.length;
    },
    onSuccess: (count) => {
      toast.success({ message: t(`actions.bulk.done.${verb}`, { count }) });
      onDone();
    },
    onSettled: () => queryClient.invalidateQueries(trpc.orders.pathFilter()),
  });
  const blocked =
    orders.length === 0 ? t('actions.bulk.none') : verb === 'tag' && tag.trim() === '' ? t('actions.bulk.noTag') : null;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(`actions.bulk.title.${verb}`, { count: orders.length })}
      preview={
        <p>
          {orders.map((order) => order.number).join(', ')}
          {others > 0 && ` · ${t('actions.bulk.others', { count: others })}`}
        </p>
      }
      reason={verb === 'tag' ? undefined : { required: true, remember: verb }}
      verb={t(`actions.bulk.title.${verb}`, { count: orders.length })}
      blocked={blocked}
      error={shownError(all.error)}
      busy={all.isPending}
      onConfirm={(reason) => all.mutate(reason)}
    >
      {verb === 'tag' && (
        <TextInput
          label={t('actions.tags.placeholder')}
          maxLength={40}
          value={tag}
          onChange={(event) => setTag(event.currentTarget.value)}
        />
      )}
    </EffectDialog>
  );
}

/** What can be done with the selected orders of the list. */
export function BulkActions({ selected, onDone }: { selected: readonly OrderRow[]; onDone: () => void }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState<Verb | null>(null);
  const manual = powers.hold.includes('manual');
  const verbs: readonly Verb[] = [
    ...(powers.may('orders.tag') ? (['tag'] as const) : []),
    ...(manual ? (['hold', 'release'] as const) : []),
  ];
  return (
    <>
      {verbs.map((verb) => (
        <Button key={verb} variant="default" size="xs" onClick={() => setOpen(verb)}>
          {t(`actions.bulk.button.${verb}`)}
        </Button>
      ))}
      {open && <BulkDialog verb={open} selected={selected} onClose={() => setOpen(null)} onDone={onDone} />}
    </>
  );
}
