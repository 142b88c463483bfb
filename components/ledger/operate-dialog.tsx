'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type AccountOperation, refuseOperation } from '../../server/domains/ledger/rules.ts';
import type { AccountRow } from '../../server/views/accounts.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAccountName } from './correction-preview.tsx';
import { asAccount } from './plan-correction.ts';

export const OPERATIONS = ['freeze', 'unfreeze', 'close', 'set_limit'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Why an account does not allow this now, in the words of the rule that decides it; null where it may be done. */
export function whyNot(account: AccountRow, action: Operation): string | null {
  const wanted: AccountOperation = action === 'set_limit' ? { action, creditLimitMinor: account.creditLimitMinor } : { action };
  return refuseOperation(asAccount(account), wanted)?.detail ?? null;
}

/** Freezes an account, lets it go, closes it, or sets its credit limit. */
export function OperateDialog(props: { account: AccountRow; action: Operation; onClose: () => void }) {
  const { account, action, onClose } = props;
  const { t } = useMessages();
  const name = useAccountName();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [limit, setLimit] = useState<bigint | null>(account.creditLimitMinor);
  const operate = useMutation(
    trpc.ledger.operate.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t(`ledger.operations.${action}.done`, { account: name(account) }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.ledger.pathFilter()),
    }),
  );
  const operation: AccountOperation = action === 'set_limit' ? { action, creditLimitMinor: limit ?? 0n } : { action };
  const refused = refuseOperation(asAccount(account), operation)?.detail ?? null;
  return (
    <EffectDialog
      opened
      danger={action === 'close' || action === 'freeze'}
      onClose={onClose}
      title={t(`ledger.operations.${action}.title`, { account: name(account) })}
      preview={<p>{t(`ledger.operations.${action}.effect`)}</p>}
      reason={{ required: true }}
      verb={t(`ledger.operations.${action}.verb`)}
      blocked={limit === null ? t('ledger.limitFirst') : refused}
      error={shownError(operate.error)}
      busy={operate.isPending}
      onConfirm={(reason) => operate.mutate(request.keyed({ accountId: account.id, operation, reason }))}
    >
      {action === 'set_limit' && (
        <MoneyInput label={t('ledger.limit')} currency={account.currency} value={limit} onChange={setLimit} required />
      )}
    </EffectDialog>
  );
}
