'use client';
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { mayHappen } from '../../server/domains/orders/rules.ts';
import type { HandHold } from '../../server/kernel/vocabulary.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import type { MessageKey } from '../ui/messages/catalogue.ts';
import { useOrderDone } from './use-order-done.ts';

const QUICK = { hold: ['customer', 'address', 'payment', 'stock'], release: ['clear', 'confirmed', 'corrected'] } as const;

/** Places a hold, or lifts one: which, why. */
export function HoldDialog(props: { page: OrderPage; verb: 'hold' | 'release'; onClose: () => void }) {
  const { page, verb, onClose } = props;
  const { order } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const done = useOrderDone(page, onClose);
  const options = powers[verb].filter((hold) => order.holds.includes(hold) === (verb === 'release'));
  const [chosen, setChosen] = useState<HandHold | null>(null);
  const kind = chosen ?? (options.includes('manual') ? 'manual' : options[0]);
  const shared = {
    onSuccess: () => done.succeeded(t(`actions.${verb}.done`, { number: order.number })),
    onError: done.failed,
  };
  const hold = useMutation(trpc.orders.hold.mutationOptions(shared));
  const release = useMutation(trpc.orders.release.mutationOptions(shared));
  const mutation = verb === 'hold' ? hold : release;
  const allowed = mayHappen(order.status, verb);
  const none = t(verb === 'hold' ? 'actions.hold.every' : 'actions.release.none');
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(`actions.${verb}.title`, { number: order.number })}
      preview={<p>{t(`actions.${verb}.effect`)}</p>}
      reason={{
        required: true,
        quick: QUICK[verb].map((name) => t(`actions.${verb}.quick.${name}` as MessageKey)),
        remember: verb,
      }}
      verb={t(`actions.${verb}.verb`)}
      blocked={!allowed.allowed ? allowed.why : kind === undefined ? none : null}
      error={shownError(mutation.error)}
      busy={mutation.isPending}
      onConfirm={(reason) => kind && mutation.mutate(done.keyed({ orderId: order.id, hold: kind, reason }))}
    >
      <Select
        label={t('actions.hold.kind')}
        data={options.map((value) => ({ value, label: t(`status.hold.${value}`) }))}
        value={kind ?? null}
        onChange={(value) => setChosen(value as HandHold | null)}
        allowDeselect={false}
      />
    </EffectDialog>
  );
}
