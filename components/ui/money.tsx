'use client';
import type { AmountMinor } from './format.ts';
import { useFormat, useMessages } from './locale.tsx';

/** An amount of minor units. Null or undefined is unknown, shown as "—" and never as 0. */
export function Money(props: { amountMinor: AmountMinor | null | undefined; currency: string; withCode?: boolean }) {
  const format = useFormat();
  const { t } = useMessages();
  if (props.amountMinor === null || props.amountMinor === undefined) return <span>{t('ui.unknown')}</span>;
  return <span className="wb-number">{format.money(props.amountMinor, props.currency, props.withCode)}</span>;
}

/** A quantity or other count of things, with separators. Null is unknown. */
export function Quantity({ value }: { value: number | bigint | null | undefined }) {
  const format = useFormat();
  const { t } = useMessages();
  if (value === null || value === undefined) return <span>{t('ui.unknown')}</span>;
  return <span className="wb-number">{format.number(value)}</span>;
}
