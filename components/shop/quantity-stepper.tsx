'use client';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useMessages } from '../ui/locale.tsx';
import classes from './shop.module.css';

/** How many: buttons for a thumb, a field for whoever types. */
export function QuantityStepper(props: { value: number; max: number; name: string; onChange: (value: number) => void }) {
  const { t } = useMessages();
  const [typed, setTyped] = useState<string | null>(null);
  const { value, max, name, onChange } = props;
  const settle = () => {
    const wanted = Number(typed);
    if (typed !== null && Number.isInteger(wanted) && wanted >= 1) onChange(Math.min(wanted, max));
    setTyped(null);
  };
  return (
    <div className={classes.stepper}>
      <button type="button" aria-label={t('shop.fewer', { name })} disabled={value <= 1} onClick={() => onChange(value - 1)}>
        <IconMinus size={16} aria-hidden />
      </button>
      <input
        inputMode="numeric"
        aria-label={t('shop.quantityOf', { name })}
        value={typed ?? String(value)}
        onChange={(event) => setTyped(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 3))}
        onBlur={settle}
        onKeyDown={(event) => {
          if (event.key === 'Enter') settle();
        }}
      />
      <button type="button" aria-label={t('shop.more', { name })} disabled={value >= max} onClick={() => onChange(value + 1)}>
        <IconPlus size={16} aria-hidden />
      </button>
    </div>
  );
}
