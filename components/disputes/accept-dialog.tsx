'use client';
import { useMutation } from '@tanstack/react-query';
import type { DisputeView } from '../../server/views/disputes.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useDisputeDone } from './use-dispute-done.ts';

/** Lets the money go. Nothing takes that back. */
export function AcceptDialog({ view, onClose }: { view: DisputeView; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useDisputeDone();
  const accept = useMutation(
    trpc.disputes.accept.mutationOptions({ onSuccess: onClose, onError: request.failed, onSettled: done }),
  );
  const amount = format.money(view.amountMinor, view.currency);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('disputes.acceptTitle', { number: view.number })}
      preview={<p>{t('disputes.acceptEffect', { amount })}</p>}
      reason={{ required: true }}
      verb={t('disputes.acceptVerb', { amount })}
      danger
      error={shownError(accept.error)}
      busy={accept.isPending}
      onConfirm={(reason) => accept.mutate(request.keyed({ disputeId: view.id, reason }))}
    />
  );
}
