'use client';
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import type { WalletView } from '../../server/views/wallets.ts';
import { useRequestKey } from '../request-key.ts';
import { isRefused, useTRPC } from '../trpc.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Face } from './activity-rows.tsx';
import { addressText, type MoveKind, type Recipient } from './draft.ts';
import move from './move.module.css';
import { useRefusalText } from './refusal-text.ts';

interface Props {
  readonly kind: MoveKind;
  readonly wallet: WalletView;
  readonly recipient: Recipient;
  readonly amountMinor: bigint;
  readonly note: string;
  readonly onDone: () => void;
}

/** The last look. Pressed twice, or again after an answer was lost, it still happens once. */
export function ReviewStep({ kind, wallet, recipient, amountMinor, note, onDone }: Props) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const refusal = useRefusalText();
  const { currency } = wallet;
  const amount = format.money(amountMinor, currency);
  const outcome = {
    onSuccess: onDone,
    onError: request.failed,
    onSettled: () => queryClient.invalidateQueries(trpc.wallet.pathFilter()),
  };
  const send = useMutation(trpc.wallet.send.mutationOptions(outcome));
  const ask = useMutation(trpc.wallet.ask.mutationOptions(outcome));
  const doing = kind === 'send' ? send : ask;
  const wish = { walletId: wallet.id, to: recipient.to, amountMinor, currency, ...(note ? { note } : {}) };
  const wrong = refusal(doing.error);
  const unknown = doing.error !== null && !isRefused(doing.error);
  const after = wallet.balanceMinor - amountMinor;
  return (
    <>
      <div className={move.done}>
        <Face name={addressText(recipient)} />
        <p className={move.doneAmount}>{amount}</p>
        {note && <p className={move.said}>“{note}”</p>}
      </div>
      <KeyValue
        figures
        items={[
          { label: t(kind === 'send' ? 'wallet.to' : 'wallet.from'), value: addressText(recipient) },
          ...(recipient.name
            ? [{ label: t('wallet.address'), value: 'email' in recipient.to ? recipient.to.email : `@${recipient.to.handle}` }]
            : []),
          { label: t('wallet.fee'), value: t('wallet.noFee') },
          ...(kind === 'send' ? [{ label: t('wallet.after'), value: <Money amountMinor={after} currency={currency} /> }] : []),
        ]}
      />
      <p className={move.hint} data-wrong={wrong !== undefined || undefined} role={wrong ? 'alert' : undefined}>
        {wrong
          ? unknown
            ? t('wallet.lostAnswer')
            : wrong
          : recipient.name
            ? ''
            : t(kind === 'send' ? 'wallet.noName' : 'wallet.noNameAsk')}
      </p>
      <div className={move.footer}>
        <Button fullWidth className={move.big} loading={doing.isPending} onClick={() => doing.mutate(request.keyed(wish))}>
          {unknown ? t('wallet.again') : t(kind === 'send' ? 'wallet.sendVerb' : 'wallet.askVerb', { amount })}
        </Button>
      </div>
    </>
  );
}

interface DoneProps {
  readonly kind: MoveKind;
  readonly home: string;
  readonly recipient: Recipient;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly onAgain: () => void;
}

/** It happened. */
export function Done({ kind, home, recipient, amountMinor, currency, onAgain }: DoneProps) {
  const { t } = useMessages();
  const format = useFormat();
  const amount = format.money(amountMinor, currency);
  return (
    <>
      <div className={move.done}>
        <span className={move.doneMark} aria-hidden>
          <IconCheck size={36} stroke={2} />
        </span>
        <p className={move.doneAmount}>{amount}</p>
        <p className={move.said} role="status">
          {t(kind === 'send' ? 'wallet.sentDone' : 'wallet.askedDone', { amount, name: addressText(recipient) })}
        </p>
      </div>
      <div className={`${move.footer} ${move.step}`} style={{ gap: 8 }}>
        <Button component={Link} href={home} fullWidth className={move.big}>
          {t('wallet.finish')}
        </Button>
        <Button variant="subtle" fullWidth className={move.big} onClick={onAgain}>
          {t(kind === 'send' ? 'wallet.sendAgain' : 'wallet.askAgain')}
        </Button>
      </div>
    </>
  );
}
