'use client';
import { NumberInput, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { formatDecimal, minorDigits } from '../../server/kernel/money.ts';
import { decimalSeparator, parseMoney } from './format.ts';
import { useFormat, useMessages } from './locale.tsx';

interface FieldProps {
  readonly label: string;
  readonly description?: ReactNode;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly error?: string;
}

interface MoneyInputProps extends FieldProps {
  readonly currency: string;
  /** Minor units; null while the field is empty or not an amount. */
  readonly value: bigint | null;
  readonly onChange: (amountMinor: bigint | null) => void;
  /** The most it may be, in minor units. */
  readonly max?: bigint;
}

/** An amount typed as people write it in their language, handed on in minor units. What cannot be read is said, not guessed. */
export function MoneyInput(props: MoneyInputProps) {
  const { currency, value, onChange, max, error, ...field } = props;
  const { t, locale } = useMessages();
  const format = useFormat();
  const digits = minorDigits(currency);
  const plain = (amount: bigint) => formatDecimal(amount, digits, digits).replace('.', decimalSeparator(locale));
  const [text, setText] = useState(value === null ? '' : plain(value));
  const [touched, setTouched] = useState(false);
  const typed = parseMoney(text, currency, locale);
  // A value from outside (a "full amount" button) replaces what was typed; one's own keystrokes are left alone.
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    if (value !== typed) setText(value === null ? '' : plain(value));
  }
  const unreadable = touched && text.trim() !== '' && typed === null;
  const tooMuch = typed !== null && max !== undefined && typed > max;
  const problem = unreadable
    ? t('ui.moneyInvalid', { example: format.money(1250n, currency) })
    : tooMuch
      ? t('ui.moneyTooMuch', { max: format.money(max, currency) })
      : error;
  return (
    <TextInput
      {...field}
      inputMode="decimal"
      autoComplete="off"
      styles={{ input: { fontVariantNumeric: 'tabular-nums', textAlign: 'right' }, section: { fontSize: 13 } }}
      rightSection={<span>{currency}</span>}
      rightSectionWidth={48}
      rightSectionPointerEvents="none"
      value={text}
      error={problem}
      onBlur={() => setTouched(true)}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(parseMoney(event.currentTarget.value, currency, locale));
      }}
    />
  );
}

interface QuantityInputProps extends FieldProps {
  readonly value: number | null;
  readonly onChange: (quantity: number | null) => void;
  readonly min?: number;
  readonly max: number;
}

/** A whole number within bounds; null while the field is empty. */
export function QuantityInput({ value, onChange, min = 0, max, error, ...field }: QuantityInputProps) {
  const { t } = useMessages();
  const outside = value !== null && (value < min || value > max);
  return (
    <NumberInput
      {...field}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      min={min}
      max={max}
      clampBehavior="none"
      // What is typed replaces what was there.
      onFocus={(event) => event.currentTarget.select()}
      allowDecimal={false}
      error={outside ? t('ui.quantityInvalid', { min, max }) : error}
    />
  );
}
