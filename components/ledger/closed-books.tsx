'use client';
import { Group, Text, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const DAY_MS = 86_400_000;

/** The day in UTC that ends at, or holds the moment before, an instant. */
const dayBefore = (until: Date): string => new Date(until.getTime() - 1).toISOString().slice(0, 10);
/** Where a day in UTC ends. */
const endOf = (day: string): Date => new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);

function lastMonth(): string {
  const now = new Date();
  return dayBefore(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)));
}

function CloseDialog({ closedUntil, onClose }: { closedUntil: Date | null; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [day, setDay] = useState(lastMonth);
  const until = /^\d{4}-\d\d-\d\d$/.test(day) ? endOf(day) : null;
  const fits = until !== null && until <= new Date() && (closedUntil === null || until > closedUntil);
  const shown = until ? format.days(day, day, 'dated') : '';
  const close = useMutation(
    trpc.ledger.closePeriod.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('ledger.closePeriodDone', { day: shown }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.ledger.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      danger
      onClose={onClose}
      title={t('ledger.closePeriod')}
      preview={<p>{t('ledger.closePeriodEffect', { day: shown })}</p>}
      reason={{ required: true }}
      verb={t('ledger.closePeriodVerb', { day: shown })}
      blocked={fits ? null : t('ledger.closePeriodFirst')}
      error={shownError(close.error)}
      busy={close.isPending}
      onConfirm={(reason) => until && close.mutate(request.keyed({ until, reason }))}
    >
      <TextInput
        type="date"
        label={t('ledger.closePeriodLast')}
        value={day}
        max={dayBefore(new Date())}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

/** Until when the books are closed, and closing them further. */
export function ClosedBooks() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const powers = usePowers();
  const { open, show, close } = useOverlay(['close-period']);
  const closed = useQuery(trpc.ledger.closed.queryOptions());
  if (closed.data === undefined) return null;
  const until = closed.data?.until ?? null;
  const last = until && dayBefore(until);
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        {last ? t('ledger.closedUntil', { day: format.days(last, last, 'dated') }) : t('ledger.neverClosed')}
      </Text>
      {powers.may('ledger.closePeriod') && (
        <ActionButton variant="default" icon={IconLock} label={t('ledger.closePeriod')} onClick={() => show('close-period')} />
      )}
      {open === 'close-period' && <CloseDialog closedUntil={until} onClose={close} />}
    </Group>
  );
}
