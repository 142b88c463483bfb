'use client';
import { ActionIcon, Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import type { MethodForm } from './method-form.ts';
import classes from './shipping.module.css';

type Tiers = MethodForm['tiers'];

interface Props {
  readonly basis: MethodForm['basis'];
  readonly currency: string;
  readonly tiers: Tiers;
  readonly onChange: (tiers: Tiers) => void;
}

const MAX_GRAMS = 100_000_000;

/** One price, or a price per step; the last step may be without a limit. */
export function TierFields({ basis, currency, tiers, onChange }: Props) {
  const { t } = useMessages();
  const set = (index: number, change: Partial<Tiers[number]>) =>
    onChange(tiers.map((tier, at) => (at === index ? { ...tier, ...change } : tier)));
  const price = (index: number) => (
    <MoneyInput
      label={t('shipping.price')}
      required
      currency={currency}
      value={tiers[index]?.priceMinor == null ? null : BigInt(tiers[index].priceMinor)}
      onChange={(amount) => set(index, { priceMinor: amount === null ? null : Number(amount) })}
    />
  );
  if (basis === 'flat') return price(0);
  const limitLabel = basis === 'weight' ? t('shipping.upToGrams') : t('shipping.upToAmount', { currency });
  return (
    <fieldset className={classes.tiers}>
      <legend>{t('shipping.prices')}</legend>
      {tiers.map((tier, index) => (
        <div key={index} className={classes.tier}>
          {basis === 'weight' ? (
            <QuantityInput
              label={limitLabel}
              description={t('shipping.noLimit')}
              value={tier.upTo}
              max={MAX_GRAMS}
              onChange={(upTo) => set(index, { upTo })}
            />
          ) : (
            <MoneyInput
              label={limitLabel}
              description={t('shipping.noLimit')}
              currency={currency}
              value={tier.upTo === null ? null : BigInt(tier.upTo)}
              onChange={(amount) => set(index, { upTo: amount === null ? null : Number(amount) })}
            />
          )}
          {price(index)}
          <ActionIcon
            variant="subtle"
            aria-label={t('shipping.removeTier')}
            disabled={tiers.length === 1}
            onClick={() => onChange(tiers.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      <Button variant="default" size="compact-sm" onClick={() => onChange([...tiers, { upTo: null, priceMinor: null }])}>
        {t('shipping.addTier')}
      </Button>
    </fieldset>
  );
}
