'use client';
import { Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ibanProblem } from '../../server/kernel/iban.ts';
import type { BankAccountView, OwedToMerchant } from '../../server/views/rails.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface Props {
  readonly merchant: { readonly id: string; readonly name: string };
  readonly owed: readonly OwedToMerchant[];
  readonly accounts: readonly BankAccountView[];
  readonly onClose: () => void;
}

/** Pays a merchant; without an account to pay to, that is asked for first. */
export function PayDialog(props: Props) {
  return props.accounts.length === 0 ? <AccountDialog {...props} /> : <AmountDialog {...props} />;
}

function AmountDialog({ merchant, owed, accounts, onClose }: Props) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [currency, setCurrency] = useState(owed[0]?.currency ?? 'EUR');
  const [account, setAccount] = useState(accounts[0]?.id ?? '');
  const most = owed.find((one) => one.currency === currency)?.availableMinor ?? 0n;
  const [amountMinor, setAmount] = useState<bigint | null>(most > 0n ? most : null);
  const pay = useMutation(
    trpc.payouts.pay.mutationOptions({
      onSuccess: ({ status }) => {
        const waits = status === 'awaiting_approval';
        toast.success({
          message: t(waits ? 'payouts.asked' : 'payouts.sent'),
          ...(waits ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.payouts.pathFilter()),
    }),
  );
  const usable = amountMinor !== null && amountMinor > 0n && amountMinor <= most;
  const amount = usable ? format.money(amountMinor, currency) : '';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('payouts.payTitle', { merchant: merchant.name })}
      preview={<p>{t('payouts.payEffect')}</p>}
      verb={t('payouts.payVerb', { amount })}
      blocked={usable ? null : t('payouts.chooseAmount')}
      error={shownError(pay.error)}
      busy={pay.isPending}
      onConfirm={() =>
        usable && pay.mutate(request.keyed({ merchantId: merchant.id, bankAccountId: account, currency, amountMinor }))
      }
    >
      {owed.length > 1 && (
        <Select
          label={t('payouts.currency')}
          data={owed.map((one) => one.currency)}
          value={currency}
          onChange={(value) => value && setCurrency(value)}
          allowDeselect={false}
        />
      )}
      <MoneyInput
        key={currency}
        label={t('rails.amount')}
        currency={currency}
        value={amountMinor}
        onChange={setAmount}
        max={most}
        required
      />
      <Select
        label={t('rails.toAccount')}
        data={accounts.map(({ id, holder, country, last4 }) => ({ value: id, label: `${holder}, ${country} … ${last4}` }))}
        value={account}
        onChange={(value) => value && setAccount(value)}
        allowDeselect={false}
      />
    </EffectDialog>
  );
}

function AccountDialog({ merchant, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [iban, setIban] = useState('');
  const [holder, setHolder] = useState('');
  const add = useMutation(
    trpc.payouts.addAccount.mutationOptions({
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.payouts.pathFilter()),
    }),
  );
  const problem = ibanProblem(iban);
  const complete = problem === null && holder.trim() !== '';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('payouts.accountTitle', { merchant: merchant.name })}
      preview={<p>{t('payouts.accountEffect')}</p>}
      verb={t('rails.addAccount')}
      blocked={complete ? null : iban !== '' && problem ? t(`rails.ibanProblems.${problem}`) : t('payouts.fillIn')}
      error={shownError(add.error)}
      busy={add.isPending}
      onConfirm={() => complete && add.mutate(request.keyed({ merchantId: merchant.id, iban, holder: holder.trim() }))}
    >
      <TextInput
        label={t('rails.holder')}
        value={holder}
        maxLength={140}
        onChange={(event) => setHolder(event.currentTarget.value)}
        required
      />
      <TextInput
        label={t('rails.iban')}
        value={iban}
        maxLength={60}
        autoComplete="off"
        onChange={(event) => setIban(event.currentTarget.value)}
        required
      />
    </EffectDialog>
  );
}
