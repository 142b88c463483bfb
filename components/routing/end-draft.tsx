'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RuleSetRow } from '../../server/views/routing.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface Props {
  readonly how: 'promote' | 'discard';
  readonly draft: RuleSetRow;
  readonly active: RuleSetRow | undefined;
  readonly merchantId: string;
  readonly onClose: () => void;
}

/** Puts a draft in force, or discards it; says why. */
export function EndDraft({ how, draft, active, merchantId, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { number, version } = draft;
  const options = (message: string) => ({
    onSuccess: () => {
      toast.success({ message });
      onClose();
    },
    onError: request.failed,
    onSettled: () => queryClient.invalidateQueries(trpc.routing.pathFilter()),
  });
  const promote = useMutation(trpc.routing.promote.mutationOptions(options(t('routing.rules.promoted', { number }))));
  const discard = useMutation(trpc.routing.discard.mutationOptions(options(t('routing.rules.discarded'))));
  const sending = how === 'promote' ? promote : discard;
  const effect = active
    ? t('routing.rules.promoteEffect', { number, before: active.number })
    : t('routing.rules.promoteFirst', { number });
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={how === 'promote' ? t('routing.rules.promoteTitle', { number }) : t('routing.rules.discardTitle')}
      preview={how === 'promote' ? effect : null}
      reason={{ required: true }}
      verb={t(how === 'promote' ? 'routing.rules.promote' : 'routing.rules.discard')}
      danger={how === 'discard'}
      error={shownError(sending.error)}
      busy={sending.isPending}
      onConfirm={(reason) => sending.mutate(request.keyed({ merchantId, version, reason }))}
    />
  );
}
