'use client';
import { Button, Radio, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, type ReactNode, useState } from 'react';
import { spendableMinor } from '../../server/domains/wallet/rules.ts';
import { ibanProblem } from '../../server/kernel/iban.ts';
import type { BankAccountView } from '../../server/views/rails.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Loaded, useErrorText } from '../ui/states.tsx';
import move from '../wallet/move.module.css';
import { useReasonAgainst, useRefusalText } from '../wallet/refusal-text.ts';
import { SignInAgain, wantsSignIn } from '../wallet/sign-in-again.tsx';
import { withWallet } from '../wallet/use-wallets.ts';
import { AmountField, WalletStep } from './money-step.tsx';

/** Sends a customer's money to their bank account. */
export function Withdraw() {
  const { t } = useMessages();
  return (
    <WalletStep title={t('rails.withdraw')}>
      {(wallet, switcher) => <Steps key={wallet.id} wallet={wallet} switcher={switcher} />}
    </WalletStep>
  );
}

function Steps({ wallet, switcher }: { wallet: WalletView; switcher: ReactNode }) {
  const trpc = useTRPC();
  const accounts = useQuery(trpc.rails.bankAccounts.queryOptions());
  const [sent, setSent] = useState<bigint | null>(null);
  if (sent !== null) return <Sent wallet={wallet} amountMinor={sent} />;
  return (
    <>
      {switcher}
      <Loaded data={accounts.data} error={shownError(accounts.error)} onRetry={() => void accounts.refetch()} lines={4}>
        {(known) =>
          known.length === 0 ? <AddAccount wallet={wallet} /> : <WithdrawForm wallet={wallet} accounts={known} onSent={setSent} />
        }
      </Loaded>
    </>
  );
}

const accountName = ({ country, last4, holder }: BankAccountView): string => `${holder}, ${country} … ${last4}`;

interface FormProps {
  readonly wallet: WalletView;
  readonly accounts: readonly BankAccountView[];
  readonly onSent: (amountMinor: bigint) => void;
}

function WithdrawForm({ wallet, accounts, onSent }: FormProps) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const against = useReasonAgainst();
  const refusal = useRefusalText();
  const [chosen, setChosen] = useState(accounts[0]?.id ?? '');
  const [adding, setAdding] = useState(false);
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const withdraw = useMutation(
    trpc.rails.withdraw.mutationOptions({
      onSuccess: () => onSent(amountMinor ?? 0n),
      onError: request.failed,
      onSettled: () => Promise.all([trpc.wallet, trpc.rails].map((router) => queryClient.invalidateQueries(router.pathFilter()))),
    }),
  );
  const usable = amountMinor !== null && amountMinor > 0n;
  const reason = usable ? against(wallet, amountMinor) : null;
  const may = t('rails.upTo', { amount: format.money(spendableMinor(wallet), wallet.currency) });
  const wrong = refusal(withdraw.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (usable && !reason && !withdraw.isPending)
      withdraw.mutate(request.keyed({ walletId: wallet.id, bankAccountId: chosen, amountMinor }));
  };
  if (adding) return <AddAccount wallet={wallet} onAdded={() => setAdding(false)} />;
  return (
    <form className={move.step} onSubmit={submit}>
      <AmountField wallet={wallet} value={amountMinor} onChange={setAmount} hint={reason ?? may} wrong={reason !== null} />
      <Radio.Group label={t('rails.toAccount')} value={chosen} onChange={setChosen}>
        <div className={move.step} style={{ gap: 12, paddingTop: 8 }}>
          {accounts.map((account) => (
            <Radio key={account.id} value={account.id} label={accountName(account)} />
          ))}
        </div>
      </Radio.Group>
      <Button variant="subtle" onClick={() => setAdding(true)}>
        {t('rails.anotherAccount')}
      </Button>
      {wrong && (
        <p className={move.hint} data-wrong role="alert">
          {wrong}
        </p>
      )}
      <div className={move.footer}>
        <Button type="submit" fullWidth className={move.big} loading={withdraw.isPending} disabled={!usable || reason !== null}>
          {t('rails.withdrawVerb', { amount: usable ? format.money(amountMinor, wallet.currency) : '' })}
        </Button>
      </div>
    </form>
  );
}

/** An account number is checked while it is typed, and kept by the bank alone. */
function AddAccount({ wallet, onAdded }: { wallet: WalletView; onAdded?: () => void }) {
  const { t } = useMessages();
  const errorText = useErrorText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [iban, setIban] = useState('');
  const [holder, setHolder] = useState('');
  const [left, setLeft] = useState(false);
  const add = useMutation(
    trpc.rails.addBankAccount.mutationOptions({
      onSuccess: () => onAdded?.(),
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.rails.bankAccounts.queryFilter()),
    }),
  );
  const problem = ibanProblem(iban);
  const shown = left && iban !== '' && problem ? t(`rails.ibanProblems.${problem}`) : undefined;
  const refused = shownError(add.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLeft(true);
    if (problem === null && holder.trim() !== '' && !add.isPending) add.mutate(request.keyed({ iban, holder: holder.trim() }));
  };
  return (
    <form className={move.step} onSubmit={submit} noValidate>
      <p className={move.said}>{t('rails.addText')}</p>
      <TextInput
        label={t('rails.holder')}
        description={t('rails.holderHint')}
        autoComplete="name"
        maxLength={140}
        required
        value={holder}
        onChange={(event) => setHolder(event.currentTarget.value)}
      />
      <TextInput
        label={t('rails.iban')}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        required
        error={shown}
        value={iban}
        onBlur={() => setLeft(true)}
        onChange={(event) => setIban(event.currentTarget.value)}
      />
      {refused && (
        <p className={move.hint} data-wrong role="alert">
          {errorText(refused)} {wantsSignIn(add.error) && <SignInAgain back={withWallet('/account/wallet/withdraw', wallet)} />}
        </p>
      )}
      <div className={move.footer}>
        <Button
          type="submit"
          fullWidth
          className={move.big}
          loading={add.isPending}
          disabled={problem !== null || holder.trim() === ''}
        >
          {t('rails.addAccount')}
        </Button>
      </div>
    </form>
  );
}

function Sent({ wallet, amountMinor }: { wallet: WalletView; amountMinor: bigint }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <>
      <div className={move.done}>
        <span className={move.doneMark} aria-hidden>
          <IconCheck size={36} stroke={2} />
        </span>
        <p className={move.doneAmount}>{format.money(amountMinor, wallet.currency)}</p>
        <p className={move.said} role="status">
          {t('rails.withdrawSent')}
        </p>
      </div>
      <div className={move.footer}>
        <Button component={Link} href={withWallet('/account/wallet', wallet)} fullWidth className={move.big}>
          {t('wallet.finish')}
        </Button>
      </div>
    </>
  );
}
