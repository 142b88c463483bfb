'use client';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MoneyRequestRow } from '../../server/views/money-requests.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { Face } from './activity-rows.tsx';
import move from './move.module.css';
import { useReasonAgainst, useRefusalText } from './refusal-text.ts';
import { useWallets } from './use-wallets.ts';
import classes from './wallet.module.css';

function Answer({ request, wallet }: { request: MoneyRequestRow; wallet: WalletView | undefined }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const paying = useRequestKey();
  const ending = useRequestKey();
  const against = useReasonAgainst();
  const refusal = useRefusalText();
  const onSettled = () => queryClient.invalidateQueries(trpc.wallet.pathFilter());
  const amount = format.money(request.amountMinor, request.currency);
  const pay = useMutation(
    trpc.wallet.payRequest.mutationOptions({
      onSuccess: () => toast.success({ message: t('wallet.request.paidDone', { amount }) }),
      onError: paying.failed,
      onSettled,
    }),
  );
  const end = useMutation(trpc.wallet.endRequest.mutationOptions({ onError: ending.failed, onSettled }));
  const busy = pay.isPending || end.isPending;
  const reason = wallet ? against(wallet, request.amountMinor) : t('wallet.request.noWallet', { currency: request.currency });
  const wrong = refusal(pay.error ?? end.error);
  const stop = (
    <Button
      className={move.big}
      variant="default"
      loading={end.isPending}
      disabled={busy}
      onClick={() => end.mutate(ending.keyed({ requestId: request.id }))}
    >
      {t(request.side === 'payer' ? 'wallet.request.decline' : 'wallet.request.withdraw')}
    </Button>
  );
  return (
    <>
      {wrong && (
        <p className={move.hint} data-wrong role="alert">
          {wrong}
        </p>
      )}
      {request.side === 'payer' && reason && !wrong && <p className={move.hint}>{reason}</p>}
      <div className={move.footer}>
        {request.side === 'payer' ? (
          <div className={move.pair}>
            {stop}
            <ActionButton
              label={t('wallet.request.pay', { amount })}
              size="md"
              reason={reason}
              loading={pay.isPending}
              onClick={() => wallet && !busy && pay.mutate(paying.keyed({ requestId: request.id, walletId: wallet.id }))}
            />
          </div>
        ) : (
          stop
        )}
      </div>
    </>
  );
}

function Body({ request, wallet }: { request: MoneyRequestRow; wallet: WalletView | undefined }) {
  const { t } = useMessages();
  const format = useFormat();
  const name = request.person.name ?? t('wallet.somebody');
  const open = request.status === 'open';
  return (
    <div className={`${classes.single} ${move.step}`}>
      <div className={move.done}>
        <Face name={name} />
        <p className={classes.who}>{t(request.side === 'payer' ? 'wallet.asksYou' : 'wallet.youAsk', { name })}</p>
        <p className={move.doneAmount}>
          <Money amountMinor={request.amountMinor} currency={request.currency} />
        </p>
        {request.note && <p className={move.said}>“{request.note}”</p>}
        <StatusBadge kind="moneyRequest" value={request.status} />
      </div>
      <KeyValue
        figures
        items={[
          { label: t('wallet.request.made'), value: <TimeAgo at={request.createdAt} /> },
          ...(open ? [{ label: t('wallet.request.expires'), value: format.dateTime(request.expiresAt) }] : []),
          ...(request.decidedAt ? [{ label: t('wallet.request.decided'), value: <TimeAgo at={request.decidedAt} /> }] : []),
        ]}
      />
      {open && <Answer request={request} wallet={wallet} />}
    </div>
  );
}

/** One request for money: who, how much, what for, and what can be answered. */
export function MoneyRequestDetail({ id }: { id: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { wallets } = useWallets();
  const request = useQuery(trpc.wallet.request.queryOptions({ id }));
  return (
    <>
      <PageHeader breadcrumbs={[{ label: t('wallet.title'), href: '/account/wallet' }]} title={t('wallet.request.title')} />
      <Loaded data={request.data} error={shownError(request.error)} onRetry={() => void request.refetch()} lines={6}>
        {(found) => <Body request={found} wallet={wallets.find((wallet) => wallet.currency === found.currency)} />}
      </Loaded>
    </>
  );
}
