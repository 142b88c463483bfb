'use client';
import { IconBackspace } from '@tabler/icons-react';
import { decimalSeparator } from '../ui/format.ts';
import { useMessages } from '../ui/locale.tsx';
import move from './move.module.css';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

interface Props {
  /** The digits after the decimal sign that the currency has. */
  readonly decimals: number;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** What the text becomes when a key is pressed; the same where the key has no sense. */
export function pressed(text: string, key: string, separator: string, decimals: number): string {
  if (key === separator) return decimals === 0 || text.includes(separator) ? text : `${text || '0'}${separator}`;
  const [whole = '', fraction] = text.split(separator);
  if (fraction !== undefined) return fraction.length < decimals ? text + key : text;
  if (whole === '0') return key;
  return whole.length < 9 ? text + key : text;
}

/** Keys for a thumb; whoever has a keyboard types into the amount itself. */
export function Keypad({ decimals, text, onChange }: Props) {
  const { t, locale } = useMessages();
  const separator = decimalSeparator(locale);
  const key = (symbol: string, disabled = false) => (
    <button
      key={symbol}
      type="button"
      className={move.key}
      disabled={disabled}
      onClick={() => onChange(pressed(text, symbol, separator, decimals))}
    >
      {symbol}
    </button>
  );
  return (
    <fieldset className={move.keypad} style={{ border: 0, margin: 0, padding: 0 }} aria-label={t('wallet.keypad')}>
      {DIGITS.map((digit) => key(digit))}
      {key(separator, decimals === 0)}
      {key('0')}
      <button type="button" className={move.key} aria-label={t('wallet.backspace')} onClick={() => onChange(text.slice(0, -1))}>
        <IconBackspace size={24} stroke={1.5} aria-hidden />
      </button>
    </fieldset>
  );
}
