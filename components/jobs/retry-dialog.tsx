'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** Dead letters of one kind, by what the server calls them. */
export type Letters =
  | { readonly kind: 'jobs'; readonly jobIds: string[] }
  | { readonly kind: 'deliveries'; readonly deliveries: { readonly eventId: string; readonly consumer: string }[] };

/** Tries dead letters again; asks why, because the audit log keeps it. */
export function RetryDialog({ letters, onClose }: { letters: Letters; onClose: (retried: boolean) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const count = letters.kind === 'jobs' ? letters.jobIds.length : letters.deliveries.length;
  const follow = {
    onSuccess: ({ retried, left }: { retried: number; left: number }) => {
      const message = t('jobs.retry.done', { count: retried });
      toast.success({ message: left > 0 ? `${message} ${t('jobs.retry.left', { count: left })}` : message });
      onClose(true);
    },
    onError: request.failed,
    onSettled: () => queryClient.invalidateQueries(trpc.jobs.pathFilter()),
  };
  const jobs = useMutation(trpc.jobs.retry.mutationOptions(follow));
  const deliveries = useMutation(trpc.jobs.retryDelivery.mutationOptions(follow));
  return (
    <EffectDialog
      opened
      onClose={() => onClose(false)}
      title={t(`jobs.retry.${letters.kind}Title`, { count })}
      preview={<p>{t(`jobs.retry.${letters.kind}Effect`)}</p>}
      reason={{ required: true }}
      verb={t(`jobs.retry.${letters.kind}Verb`, { count })}
      error={shownError(jobs.error ?? deliveries.error)}
      busy={jobs.isPending || deliveries.isPending}
      onConfirm={(reason) => {
        if (letters.kind === 'jobs') jobs.mutate(request.keyed({ jobIds: letters.jobIds, reason }));
        else deliveries.mutate(request.keyed({ deliveries: letters.deliveries, reason }));
      }}
    />
  );
}
