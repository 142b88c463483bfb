'use client';
import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { MAX_NOTE } from '../../server/domains/wallet/schema.ts';
import { formatDecimal, minorDigits } from '../../server/kernel/money.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { decimalSeparator, parseMoney } from '../ui/format.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useNarrow } from '../ui/use-narrow.ts';
import { addressText, type Draft, type MoveKind, type Recipient } from './draft.ts';
import { Keypad } from './keypad.tsx';
import move from './move.module.css';
import { useReasonAgainst } from './refusal-text.ts';

interface Props {
  readonly kind: MoveKind;
  readonly wallet: WalletView;
  readonly recipient: Recipient;
  readonly draft: Draft;
  readonly switcher: ReactNode;
  readonly onSay: (said: Pick<Draft, 'amountMinor' | 'note'>) => void;
}

/** The most that can be sent right now. */
function mostOf({ spendableMinor, limits }: WalletView): bigint {
  return [spendableMinor, limits.perTransferMinor, limits.dayOut.leftMinor, limits.monthOut.leftMinor].reduce((least, one) =>
    one < least ? one : least,
  );
}

/** How much, and what for. What the limits refuse is said while it is typed. */
export function AmountStep({ kind, wallet, recipient, draft, switcher, onSay }: Props) {
  const { t, locale } = useMessages();
  const format = useFormat();
  const narrow = useNarrow();
  const against = useReasonAgainst();
  const hint = useId();
  const { currency } = wallet;
  const decimals = minorDigits(currency);
  const plain = (minor: bigint) => formatDecimal(minor, decimals, decimals).replace('.', decimalSeparator(locale));
  const [text, setText] = useState(draft.amountMinor === null ? '' : plain(draft.amountMinor));
  const [note, setNote] = useState(draft.note);
  const amountMinor = parseMoney(text, currency, locale);
  const usable = amountMinor !== null && amountMinor > 0n;
  const unreadable = text !== '' && amountMinor === null;
  const reason = kind === 'send' && usable ? against(wallet, amountMinor) : null;
  const wrong = unreadable ? t('ui.moneyInvalid', { example: format.money(1250n, currency) }) : reason;
  const may = t('wallet.upTo', { amount: format.money(mostOf(wallet), currency) });
  return (
    <form
      className={move.step}
      onSubmit={(event) => {
        event.preventDefault();
        if (usable && !wrong) onSay({ amountMinor, note: note.trim() });
      }}
    >
      {switcher}
      <div>
        <input
          className={move.typed}
          data-large
          aria-label={t('wallet.amountIn', { currency, name: addressText(recipient) })}
          aria-describedby={hint}
          aria-invalid={wrong !== null || undefined}
          inputMode={narrow ? 'none' : 'decimal'}
          autoComplete="off"
          placeholder={format.money(0n, currency)}
          // biome-ignore lint/a11y/noAutofocus: the step is this field, and the page moved here because of it
          autoFocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <p id={hint} className={move.hint} data-wrong={wrong !== null || undefined} aria-live="polite">
          {wrong ?? (kind === 'send' ? may : t('wallet.askHint', { name: addressText(recipient) }))}
        </p>
      </div>
      <TextInput
        label={t('wallet.note')}
        description={t('wallet.noteHint')}
        maxLength={MAX_NOTE}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Keypad decimals={decimals} text={text} onChange={setText} />
      <div className={move.footer}>
        <Button type="submit" fullWidth className={move.big} disabled={!usable || wrong !== null}>
          {t('wallet.review')}
        </Button>
      </div>
    </form>
  );
}
