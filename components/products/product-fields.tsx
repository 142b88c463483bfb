'use client';
import { Checkbox, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useMessages } from '../ui/locale.tsx';

/** A product as a form holds it; empty text is nothing. */
export interface ProductForm {
  readonly name: string;
  readonly price: string;
  readonly taxClass: string;
  readonly weightGrams: number;
  readonly stocked: boolean;
  readonly active: boolean;
  readonly barcode: string;
  readonly description: string;
}

interface Props {
  readonly value: ProductForm;
  readonly currency: string;
  readonly onChange: (change: Partial<ProductForm>) => void;
  /** Left out where there is nothing to be active yet. */
  readonly withActive: boolean;
}

const MAX_GRAMS = 100_000_000;

/** The fields of a product; what they may hold is decided by the catalog's schema on the server, in its words. */
export function ProductFields({ value, currency, onChange, withActive }: Props) {
  const { t } = useMessages();
  const line = (field: 'name' | 'price' | 'taxClass' | 'barcode', label: string, required: boolean) => (
    <TextInput
      label={label}
      required={required}
      value={value[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {line('name', t('actions.product.name'), true)}
      {line('price', t('actions.product.price', { currency }), true)}
      {line('taxClass', t('actions.product.taxClass'), true)}
      <NumberInput
        label={t('actions.product.weight')}
        value={value.weightGrams}
        onChange={(grams) => onChange({ weightGrams: typeof grams === 'number' ? grams : 0 })}
        min={0}
        max={MAX_GRAMS}
        allowDecimal={false}
      />
      {line('barcode', t('actions.product.barcode'), false)}
      <Textarea
        label={t('actions.product.description')}
        value={value.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
        autosize
        minRows={2}
        maxRows={8}
      />
      <Checkbox
        label={t('actions.product.stocked')}
        checked={value.stocked}
        onChange={(event) => onChange({ stocked: event.currentTarget.checked })}
      />
      {withActive && (
        <Checkbox
          label={t('actions.product.active')}
          checked={value.active}
          onChange={(event) => onChange({ active: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
