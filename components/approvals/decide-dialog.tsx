'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApprovalRow } from '../../server/views/approvals.ts';
import { useActorName } from '../actor-name.ts';
import { CorrectionPreview } from '../ledger/correction-preview.tsx';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

type Decision = 'approve' | 'reject';

/** What a request is about, as a page. */
export function subjectHref(row: ApprovalRow): string {
  const label = encodeURIComponent(row.subjectLabel ?? '');
  if (row.subject === 'reconciliation') return `/reconciliation?item=${row.subjectId}`;
  if (row.subject === 'account') return `/ledger/accounts/${row.subjectId}`;
  if (row.subject === 'transfer') return `/ledger/transfers/${row.subjectId}`;
  if (row.subject === 'payout') return '/payouts';
  if (row.subject === 'wallet') return `/wallets/${row.subjectId}`;
  if (row.subject === 'gift_card') return `/gift-cards/${row.subjectId}`;
  if (row.subject === 'customer') return `/customers/${row.subjectId}`;
  return row.subject === 'sku' ? `/stock/${label}` : `/orders/${label}`;
}

function DecideDialog(props: { row: ApprovalRow; decision: Decision; onClose: () => void }) {
  const { row, decision, onClose } = props;
  const { t } = useMessages();
  const actor = useActorName();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const decide = useMutation(
    trpc.approvals.decide.mutationOptions({
      onSuccess: () => {
        const said = decision === 'approve' ? 'actions.approval.approved' : 'actions.approval.rejected';
        toast.success({
          message: t(said, { summary: row.summary }),
          link: { href: subjectHref(row), label: row.subjectLabel ?? t('ui.show') },
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.approvals.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      danger={decision === 'reject'}
      onClose={onClose}
      title={t(`actions.approval.${decision}Title`, { summary: row.summary })}
      size={row.correction ? 'lg' : undefined}
      preview={
        <>
          {row.correction && row.amountMinor !== null && (
            <CorrectionPreview
              debitId={row.correction.debitAccountId}
              creditId={row.correction.creditAccountId}
              amountMinor={row.amountMinor}
            />
          )}
          {row.correction?.reference && <p>{t('approvals.reference', { reference: row.correction.reference })}</p>}
          <p>{t(`actions.approval.${decision}Effect`, { name: actor(row.requestedBy) })}</p>
        </>
      }
      reason={{ required: decision === 'reject' }}
      verb={t(`actions.approval.${decision}`)}
      error={shownError(decide.error)}
      busy={decide.isPending}
      onConfirm={(reason) => decide.mutate(request.keyed({ approvalId: row.id, decision, reason: reason || undefined }))}
    />
  );
}

/** Approve or reject. One's own wish is for somebody else to decide. */
export function DecideButtons({ row }: { row: ApprovalRow }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState<Decision | null>(null);
  if (!powers.may('approvals.decide')) return null;
  const own = row.requestedBy.kind === 'user' && row.requestedBy.id === powers.userId;
  const reason = own ? t('actions.approval.own') : null;
  return (
    <>
      {(['approve', 'reject'] as const).map((decision) => (
        <ActionButton
          key={decision}
          size="compact-xs"
          variant={decision === 'approve' ? 'filled' : 'default'}
          label={t(`actions.approval.${decision}`)}
          reason={reason}
          onClick={() => setOpen(decision)}
        />
      ))}
      {open && <DecideDialog row={row} decision={open} onClose={() => setOpen(null)} />}
    </>
  );
}
