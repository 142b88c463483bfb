'use client';
import { useMutation } from '@tanstack/react-query';
import { shortId } from '../../server/kernel/ids.ts';
import type { TransferPage } from '../../server/views/transfers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { CorrectionPreview } from './correction-preview.tsx';
import { useProposal } from './use-proposal.ts';

/** What is left of a transfer to take back: nothing of one that moved no money. */
export function leftToReverse({ transfer, reversedBy }: TransferPage): bigint {
  if (transfer.phase !== 'single' && transfer.phase !== 'post') return 0n;
  return reversedBy.reduce((left, row) => left - row.amountMinor, transfer.amountMinor);
}

/** Proposes to take a transfer back; somebody else decides. */
export function ReverseDialog({ page, onClose }: { page: TransferPage; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const { transfer } = page;
  const left = leftToReverse(page);
  const proposal = useProposal(onClose);
  const propose = useMutation(trpc.ledger.proposeReversal.mutationOptions(proposal.options));
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('ledger.reverseTitle', { transfer: shortId(transfer.id) })}
      // Both accounts change sides.
      preview={<CorrectionPreview debitId={transfer.credit.id} creditId={transfer.debit.id} amountMinor={left} />}
      reason={{ required: true }}
      details={<p>{t('ledger.secondPerson', { min: 10 })}</p>}
      verb={t('ledger.reverseVerb', { amount: format.money(left, transfer.currency) })}
      error={shownError(propose.error)}
      busy={propose.isPending}
      onConfirm={(reason) => propose.mutate(proposal.request.keyed({ transferId: transfer.id, reason }))}
    />
  );
}
