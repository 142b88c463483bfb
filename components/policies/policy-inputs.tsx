'use client';
import { NumberInput } from '@mantine/core';
import { MoneyInput } from '../ui/form-fields.tsx';

export interface FieldsProps<T> {
  readonly terms: T;
  readonly currency: string;
  readonly onChange: (terms: T) => void;
}

type Amounts = Readonly<Record<string, number>>;

/** The amount of the merchant's own currency; others stay as they were said. */
export function AmountField(props: {
  readonly label: string;
  readonly description: string;
  readonly currency: string;
  readonly amounts: Amounts;
  readonly onChange: (amounts: Record<string, number>) => void;
}) {
  const { label, description, currency, amounts, onChange } = props;
  const said = amounts[currency];
  return (
    <MoneyInput
      label={label}
      description={description}
      currency={currency}
      value={said === undefined ? null : BigInt(said)}
      onChange={(minor) => {
        const { [currency]: _before, ...others } = amounts;
        onChange(minor === null ? others : { ...others, [currency]: Number(minor) });
      }}
    />
  );
}

/** A share in percent with two decimals, kept in hundredths of a percent. */
export function ShareField(props: {
  readonly label: string;
  readonly description: string;
  readonly bps: number;
  readonly onChange: (bps: number) => void;
}) {
  return (
    <NumberInput
      label={props.label}
      description={props.description}
      value={props.bps / 100}
      min={0}
      max={100}
      decimalScale={2}
      suffix="%"
      onChange={(percent) => props.onChange(typeof percent === 'number' ? Math.round(percent * 100) : 0)}
    />
  );
}
