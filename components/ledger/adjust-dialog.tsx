'use client';
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CORRECTION_REASON } from '../../server/domains/ledger/schema.ts';
import type { AccountRow } from '../../server/views/accounts.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { CorrectionEffect, useAccountName } from './correction-preview.tsx';
import { planCorrection } from './plan-correction.ts';
import { useProposal } from './use-proposal.ts';

/** The most accounts of one kind to choose from; others are found on their own page. */
const CHOICES = 200;

/** Of the other accounts in this currency: first a kind, then one of it. */
function useOthers(account: AccountRow, kind: string | null) {
  const trpc = useTRPC();
  const trial = useQuery(trpc.ledger.trialBalance.queryOptions());
  const kinds = (trial.data ?? []).filter((row) => row.currency === account.currency && row.kind !== 'receivable');
  const chosen = kind ?? (kinds.some((row) => row.kind === 'suspense') ? 'suspense' : (kinds[0]?.kind ?? null));
  const list = useQuery({
    ...trpc.ledger.accounts.queryOptions({ kind: chosen ?? '', currency: account.currency, limit: CHOICES }),
    enabled: chosen !== null,
  });
  return {
    kinds: kinds.map((row) => row.kind),
    chosen,
    accounts: (list.data?.items ?? []).filter((row) => row.id !== account.id),
  };
}

/** Proposes to move an amount between this account and another; somebody else decides. */
export function AdjustDialog({ account, onClose }: { account: AccountRow; onClose: () => void }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const name = useAccountName();
  const trpc = useTRPC();
  const [side, setSide] = useState<'debit' | 'credit'>('debit');
  const [kind, setKind] = useState<string | null>(null);
  const [otherId, setOther] = useState<string | null>(null);
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const [reference, setReference] = useState('');
  const { kinds, chosen, accounts } = useOthers(account, kind);
  const other = accounts.find((row) => row.id === otherId) ?? (accounts.length === 1 ? accounts[0] : undefined);
  const proposal = useProposal(onClose);
  const propose = useMutation(trpc.ledger.proposeAdjustment.mutationOptions(proposal.options));
  const move = other && amountMinor !== null && amountMinor > 0n ? { ...sidesOf(side, account, other), amountMinor } : null;
  const plan = move && planCorrection(move.debit, move.credit, move.amountMinor);
  const confirm = (reason: string) => {
    if (!move) return;
    const ids = { debitAccountId: move.debit.id, creditAccountId: move.credit.id };
    const wish = { ...ids, amountMinor: Number(move.amountMinor), currency: account.currency, reason };
    propose.mutate(proposal.request.keyed({ ...wish, ...(reference.trim() ? { reference: reference.trim() } : {}) }));
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('ledger.adjustTitle', { account: name(account) })}
      preview={move ? <CorrectionEffect {...move} /> : null}
      reason={{ required: true }}
      details={<p>{t('ledger.secondPerson', { min: CORRECTION_REASON.min })}</p>}
      verb={t('ledger.adjustVerb', { amount: move ? format.money(move.amountMinor, account.currency) : '' })}
      blocked={move ? (plan?.refusal ?? null) : t('ledger.adjustFirst')}
      error={shownError(propose.error)}
      busy={propose.isPending}
      onConfirm={confirm}
    >
      <SegmentedControl
        aria-label={t('ledger.adjustSide')}
        value={side}
        onChange={(value) => setSide(value === 'credit' ? 'credit' : 'debit')}
        data={[
          { value: 'debit', label: t('ledger.debitThis') },
          { value: 'credit', label: t('ledger.creditThis') },
        ]}
      />
      <MoneyInput label={t('ledger.amount')} currency={account.currency} value={amountMinor} onChange={setAmount} required />
      <Select
        label={t('ledger.otherKind')}
        data={kinds.map((value) => ({ value, label: word('ledger.accountKinds', value) }))}
        value={chosen}
        onChange={(value) => {
          setKind(value);
          setOther(null);
        }}
        allowDeselect={false}
      />
      <Select
        label={t('ledger.other')}
        data={accounts.map((row) => ({ value: row.id, label: name(row) }))}
        value={other?.id ?? null}
        onChange={setOther}
        nothingFoundMessage={t('ledger.noOther')}
        searchable
        required
      />
      <TextInput
        label={t('ledger.reference')}
        description={t('ledger.referenceHelp')}
        maxLength={100}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

function sidesOf(side: 'debit' | 'credit', account: AccountRow, other: AccountRow) {
  return side === 'debit' ? { debit: account, credit: other } : { debit: other, credit: account };
}
