'use client';
import { Button, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { WalletView } from '../../server/views/wallets.ts';
import { type CardFields, CardFrame } from '../pay/card-frame.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import move from '../wallet/move.module.css';
import { AmountField, WalletStep } from './money-step.tsx';
import { TopUpOutcome } from './top-up-outcome.tsx';

type Method = 'card' | 'bank';

/** What may come in right now, at the most. */
function mostOf({ balanceMinor, expectedMinor, limits }: WalletView): bigint {
  const room = limits.balanceMinor - balanceMinor - expectedMinor;
  const most = [room, limits.perTransferMinor, limits.dayIn.leftMinor, limits.monthIn.leftMinor].reduce((least, one) =>
    one < least ? one : least,
  );
  return most > 0n ? most : 0n;
}

/** Brings money into a wallet: by card, or by a transfer from one's bank. The address keeps which one is looked at. */
export function TopUp() {
  const { t } = useMessages();
  const [id, setId] = useQueryState('id', parseAsString.withOptions({ history: 'push' }));
  return (
    <WalletStep title={t('rails.topUp')}>
      {(wallet, switcher) =>
        id ? (
          <TopUpOutcome id={id} wallet={wallet} onAgain={() => void setId(null)} />
        ) : (
          <TopUpForm key={wallet.id} wallet={wallet} switcher={switcher} onStarted={(started) => void setId(started)} />
        )
      }
    </WalletStep>
  );
}

interface FormProps {
  readonly wallet: WalletView;
  readonly switcher: ReactNode;
  readonly onStarted: (id: string) => void;
}

function TopUpForm({ wallet, switcher, onStarted }: FormProps) {
  const { t } = useMessages();
  const format = useFormat();
  const errorText = useErrorText();
  const trpc = useTRPC();
  const card = useRef<CardFields>(null);
  const fields = useQuery(trpc.rails.cardFields.queryOptions());
  const [method, setMethod] = useState<Method>('card');
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const { start, problem, busy } = useStart({ wallet, card, onStarted });
  const most = mostOf(wallet);
  const tooMuch = amountMinor !== null && amountMinor > most;
  const may = t('rails.upTo', { amount: format.money(most, wallet.currency) });
  const usable = amountMinor !== null && amountMinor > 0n && !tooMuch;
  const press = () => {
    if (usable) void start(method, amountMinor);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    press();
  };
  const amount = usable ? format.money(amountMinor, wallet.currency) : '';
  return (
    <form className={move.step} onSubmit={submit}>
      {switcher}
      <AmountField
        wallet={wallet}
        value={amountMinor}
        onChange={setAmount}
        hint={tooMuch ? t('rails.tooMuch', { most: may }) : may}
        wrong={tooMuch}
      />
      <SegmentedControl
        fullWidth
        size="md"
        aria-label={t('rails.method')}
        value={method}
        onChange={(value) => setMethod(value === 'bank' ? 'bank' : 'card')}
        data={[
          { value: 'card', label: t('rails.byCard') },
          { value: 'bank', label: t('rails.byBank') },
        ]}
      />
      {method === 'card' ? (
        fields.data && <CardFrame ref={card} url={fields.data.url} onSubmit={press} />
      ) : (
        <p className={move.hint}>{t('rails.bankHint')}</p>
      )}
      {problem && (
        <p className={move.hint} data-wrong role="alert">
          {typeof problem === 'string' ? problem : errorText(problem)}
        </p>
      )}
      <div className={move.footer}>
        <Button type="submit" fullWidth className={move.big} loading={busy} disabled={!usable}>
          {method === 'bank' ? t('rails.showReference') : t('rails.topUpVerb', { amount })}
        </Button>
      </div>
    </form>
  );
}

interface StartProps {
  readonly wallet: WalletView;
  readonly card: React.RefObject<CardFields | null>;
  readonly onStarted: (id: string) => void;
}

/** Begins it. Pressed twice, or again after an answer was lost, it begins once. */
function useStart({ wallet, card, onStarted }: StartProps) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const byCard = useRequestKey();
  const byBank = useRequestKey();
  const [typing, setTyping] = useState<string | null>(null);
  const [tokenizing, setTokenizing] = useState(false);
  const outcome = {
    onSuccess: ({ id }: { id: string }) => onStarted(id),
    onSettled: () => Promise.all([trpc.wallet, trpc.rails].map((router) => queryClient.invalidateQueries(router.pathFilter()))),
  };
  const charge = useMutation(trpc.rails.topUpByCard.mutationOptions({ ...outcome, onError: byCard.failed }));
  const bank = useMutation(trpc.rails.topUpByBank.mutationOptions({ ...outcome, onError: byBank.failed }));
  const busy = tokenizing || charge.isPending || bank.isPending;
  const start = async (method: Method, amountMinor: bigint): Promise<void> => {
    if (busy) return;
    setTyping(null);
    const wish = { walletId: wallet.id, amountMinor };
    if (method === 'bank') {
      bank.mutate(byBank.keyed(wish));
      return;
    }
    setTokenizing(true);
    const token = await card.current?.tokenize();
    setTokenizing(false);
    if (!token) setTyping(t('pay.cardIncomplete'));
    else charge.mutate(byCard.keyed({ ...wish, token }));
  };
  return { start, busy, problem: typing ?? shownError(charge.error ?? bank.error) };
}
