'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { mayResend } from '../../server/domains/notifications/rules.ts';
import type { MailRow } from '../../server/views/mails.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { useMailWords } from './mail-words.ts';

/** Has a mail sent again. One in doubt may have arrived: then the dialog asks why. */
export function ResendDialog({ mail, kept, onClose }: { mail: MailRow; kept: boolean; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const words = useMailWords();
  const request = useRequestKey();
  const verdict = mayResend({ ...mail, kept });
  const needsReason = verdict.allowed && verdict.needsReason;
  const resend = useMutation(
    trpc.mails.resend.mutationOptions({
      onSuccess: ({ noticeId }) => {
        toast.success({ message: t('mails.resend.done'), link: { href: `/channels/mail/${noticeId}`, label: t('mails.open') } });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.mails.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('mails.resend.title', { mail: mail.subject ?? words.kind(mail.kind) })}
      preview={
        <>
          <p>{t('mails.resend.effect')}</p>
          {needsReason && <p>{t('mails.resend.doubt')}</p>}
        </>
      }
      reason={{ required: needsReason }}
      verb={t('mails.resend.verb')}
      blocked={verdict.allowed ? null : verdict.why}
      error={shownError(resend.error)}
      busy={resend.isPending}
      onConfirm={(reason) => resend.mutate(request.keyed({ noticeId: mail.id, reason: reason || null }))}
    />
  );
}
