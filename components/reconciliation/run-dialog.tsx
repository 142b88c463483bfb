'use client';
import { SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { RECONCILED, type Reconciled, startReconciliationInput } from '../../server/domains/reconciliation/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './reconciliation.module.css';

const DAY_MS = 86_400_000;
const today = (): string => new Date().toISOString().slice(0, 10);
const yesterday = (): string => new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);

/** Asks for a provider's report of some days and has it compared with the books. */
export function RunDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [provider, setProvider] = useState<Reconciled>('card');
  const [from, setFrom] = useState(yesterday);
  const [to, setTo] = useState(today);
  const start = useMutation(
    trpc.reconciliation.start.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('reconciliation.started') });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.reconciliation.pathFilter()),
    }),
  );
  const wanted = startReconciliationInput.safeParse({ provider, from, to });
  const blocked = wanted.success ? null : t(from > to ? 'reconciliation.backwards' : 'reconciliation.wrongDays');
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('reconciliation.compareTitle')}
      preview={<p>{t('reconciliation.compareEffect')}</p>}
      verb={t('reconciliation.compare')}
      blocked={blocked}
      error={shownError(start.error)}
      busy={start.isPending}
      onConfirm={() => wanted.success && start.mutate(request.keyed(wanted.data))}
    >
      <SegmentedControl
        aria-label={t('reconciliation.provider')}
        value={provider}
        onChange={(value) => setProvider(RECONCILED.find((one) => one === value) ?? 'card')}
        data={RECONCILED.map((value) => ({ value, label: t(`reconciliation.providers.${value}`) }))}
      />
      <div className={classes.dates}>
        <TextInput
          type="date"
          label={t('reconciliation.from')}
          max={today()}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          required
        />
        <TextInput
          type="date"
          label={t('reconciliation.to')}
          max={today()}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          required
        />
      </div>
    </EffectDialog>
  );
}
