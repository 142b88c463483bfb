'use client';
import { TextInput } from '@mantine/core';
import { type Address, readdressOrderInput } from '../../server/domains/orders/schema.ts';
import type { AddressView } from '../../server/views/order.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './order-page.module.css';

export const ADDRESS_FIELDS = [
  ['name', 200, 'name'],
  ['company', 200, 'organization'],
  ['line1', 200, 'address-line1'],
  ['line2', 200, 'address-line2'],
  ['postalCode', 20, 'postal-code'],
  ['city', 100, 'address-level2'],
  ['region', 100, 'address-level1'],
  ['country', 2, 'country'],
  ['phone', 40, 'tel'],
] as const satisfies readonly (readonly [keyof Address, number, string])[];
type Field = (typeof ADDRESS_FIELDS)[number][0];
export type AddressForm = Readonly<Record<Field, string>>;

/** What is typed, without what is empty; null where it is no address yet. */
export function typedAddress(form: AddressForm): Address | null {
  const said = Object.fromEntries(Object.entries(form).filter(([, value]) => value.trim() !== ''));
  const parsed = readdressOrderInput.shape.address.safeParse({ ...said, country: form.country.trim().toUpperCase() });
  return parsed.success ? parsed.data : null;
}

export const formOf = (address: AddressView | null): AddressForm =>
  Object.fromEntries(ADDRESS_FIELDS.map(([field]) => [field, address?.[field] ?? ''])) as AddressForm;

/** The fields of a delivery address. */
export function AddressFields(props: {
  form: AddressForm;
  problems: Partial<Record<Field, string | null>>;
  onChange: (form: AddressForm) => void;
}) {
  const { t } = useMessages();
  const { form, problems, onChange } = props;
  return (
    <div className={classes.fields}>
      {ADDRESS_FIELDS.map(([field, max, autoComplete]) => (
        <TextInput
          key={field}
          data-field={field}
          label={t(`actions.address.fields.${field}`)}
          required={field === 'line1' || field === 'city' || field === 'country'}
          maxLength={max}
          autoComplete={`shipping ${autoComplete}`}
          value={form[field]}
          error={problems[field] ?? null}
          onChange={(event) => onChange({ ...form, [field]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
