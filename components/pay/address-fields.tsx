'use client';
import { useMessages } from '../ui/locale.tsx';
import { countriesByName, hasRegion } from './countries.ts';
import classes from './pay.module.css';
import { PayField, PaySelect } from './pay-field.tsx';
import type { FieldName, Problem, Typed } from './pay-terms.ts';

interface TypedProps {
  readonly typed: Typed;
  readonly problems: Partial<Record<FieldName, Problem>>;
  readonly onType: (field: FieldName, value: string) => void;
  readonly onLeave: (field: FieldName) => void;
}

const MAX = { email: 254, name: 200, phone: 40, line1: 200, line2: 200, city: 100, region: 100, postalCode: 20 } as const;

/** A field of the form, named so that browsers fill it in. */
function useField({ typed, problems, onType, onLeave }: TypedProps) {
  const { t } = useMessages();
  return (name: Exclude<FieldName, 'country'>, autoComplete: string, more: Record<string, unknown> = {}) => (
    <PayField
      name={name}
      label={t(`pay.fields.${name}`)}
      error={problems[name] ? t(`pay.problems.${problems[name]}.${name}`) : null}
      value={typed[name]}
      maxLength={MAX[name]}
      autoComplete={autoComplete}
      onChange={(event) => onType(name, event.currentTarget.value)}
      onBlur={() => onLeave(name)}
      {...more}
    />
  );
}

/** Who buys. Whoever fetches the goods says their name here: there is no door that it is on. */
export function Contact({ fetched, ...props }: TypedProps & { fetched: boolean }) {
  const { t } = useMessages();
  const field = useField(props);
  return (
    <section className={classes.section}>
      <h2>{t('pay.contact')}</h2>
      {field('email', 'email', { type: 'email', inputMode: 'email' })}
      {fetched && field('name', 'name')}
    </section>
  );
}

/** Where it goes: in the order in which people say it. */
export function AddressFields({ countries, ...props }: TypedProps & { countries: readonly string[] }) {
  const { t, locale } = useMessages();
  const { typed, onType } = props;
  const field = useField(props);
  return (
    <section className={classes.section}>
      <h2>{t('pay.deliverTo')}</h2>
      {field('name', 'name')}
      <PaySelect
        name="country"
        label={t('pay.fields.country')}
        value={typed.country}
        autoComplete="country"
        options={countriesByName(countries, locale)}
        onChange={(value) => onType('country', value)}
      />
      {field('line1', 'address-line1')}
      {field('line2', 'address-line2')}
      <div className={classes.pair}>
        {field('postalCode', 'postal-code')}
        {field('city', 'address-level2')}
      </div>
      {hasRegion(typed.country) && field('region', 'address-level1')}
      {field('phone', 'tel', { type: 'tel', inputMode: 'tel' })}
    </section>
  );
}
