'use client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderPage } from '../../server/views/order.ts';
import type { SagaView } from '../../server/views/order-story.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './order-page.module.css';
import { useOrderDone } from './use-order-done.ts';

const ACTIONS = ['retry', 'skip', 'compensate'] as const;
type SagaAction = (typeof ACTIONS)[number];

function SagaDialog(props: { page: OrderPage; saga: SagaView; action: SagaAction; onClose: () => void }) {
  const { page, saga, action, onClose } = props;
  const { t } = useMessages();
  const trpc = useTRPC();
  const done = useOrderDone(page, onClose);
  const operate = useMutation(
    trpc.sagas.operate.mutationOptions({
      onSuccess: (result) => done.succeeded(t('actions.saga.done', { step: result.step })),
      onError: done.failed,
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      danger={action !== 'retry'}
      title={t('actions.saga.title', { kind: saga.kind, step: saga.step })}
      preview={<p>{t(`actions.saga.${action}Effect`)}</p>}
      reason={{ required: true }}
      verb={t(`actions.saga.${action}`)}
      error={shownError(operate.error)}
      busy={operate.isPending}
      onConfirm={(reason) => operate.mutate(done.keyed({ sagaId: saga.id, action, reason }))}
    />
  );
}

/** Retry, skip or compensate a saga that a person has to take over. */
export function SagaActions({ page, saga }: { page: OrderPage; saga: SagaView }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState<SagaAction | null>(null);
  if (!powers.may('sagas.operate') || saga.status === 'done') return null;
  const reasons: Readonly<Record<SagaAction, string | null>> = {
    retry: null,
    skip: saga.status === 'stuck' ? null : t('actions.saga.onlyStuck'),
    compensate: saga.status === 'compensating' ? t('actions.saga.undoing') : null,
  };
  return (
    <div className={classes.tags}>
      {ACTIONS.map((action) => (
        <ActionButton
          key={action}
          size="compact-xs"
          variant="default"
          label={t(`actions.saga.${action}`)}
          reason={reasons[action]}
          onClick={() => setOpen(action)}
        />
      ))}
      {open && <SagaDialog page={page} saga={saga} action={open} onClose={() => setOpen(null)} />}
    </div>
  );
}
