'use client';
import { Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { mayChangeAddress } from '../../server/domains/orders/rules.ts';
import { type Address, postalCodeProblem, readdressOrderInput } from '../../server/domains/orders/schema.ts';
import type { AddressView, OrderPage } from '../../server/views/order.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { orderFacts } from './order-facts.ts';
import classes from './order-page.module.css';
import { useOrderDone } from './use-order-done.ts';

const FIELDS = [
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
type Field = (typeof FIELDS)[number][0];

/** What is typed, without what is empty; null where it is no address yet. */
function typedAddress(form: Readonly<Record<Field, string>>): Address | null {
  const said = Object.fromEntries(Object.entries(form).filter(([, value]) => value.trim() !== ''));
  const parsed = readdressOrderInput.shape.address.safeParse({ ...said, country: form.country.trim().toUpperCase() });
  return parsed.success ? parsed.data : null;
}

const orEmpty = (address: AddressView | null): Record<Field, string> =>
  Object.fromEntries(FIELDS.map(([field]) => [field, address?.[field] ?? ''])) as Record<Field, string>;

/** Changes where an order goes, before its units are set aside. Its country stays: the tax was worked out for it. */
export function AddressDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  // The address as it was when the dialog opened: whoever changes it meanwhile is not overwritten.
  const [seen] = useState<AddressView | null>(order.shipTo);
  const [form, setForm] = useState(() => orEmpty(order.shipTo));
  const held = order.holds.includes('address') && powers.release.includes('address');
  const [release, setRelease] = useState(true);
  const done = useOrderDone(page, onClose);
  const readdress = useMutation(
    trpc.orders.readdress.mutationOptions({
      onSuccess: () => done.succeeded(t('actions.address.done', { number: order.number })),
      onError: done.failed,
    }),
  );
  const before = orEmpty(seen);
  const changes = FIELDS.filter(([field]) => form[field].trim() !== before[field]).map(([field]) => ({
    label: t(`actions.address.fields.${field}`),
    before: before[field],
    after: form[field].trim(),
  }));
  const address = typedAddress(form);
  const allowed = mayChangeAddress(orderFacts(page));
  const country = form.country.trim().toUpperCase();
  const problem = postalCodeProblem({ country, postalCode: form.postalCode.trim() || undefined });
  const otherCountry = before.country !== '' && country !== before.country;
  const blocked = !allowed.allowed
    ? allowed.why
    : otherCountry
      ? t('actions.address.otherCountry')
      : changes.length === 0
        ? t('actions.address.same')
        : address === null
          ? (problem ?? t('actions.address.incomplete'))
          : null;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      size="lg"
      title={t('actions.address.title', { number: order.number })}
      preview={<ChangesPreview changes={changes} error={readdress.error} />}
      verb={t('actions.address.verb')}
      blocked={blocked}
      error={shownError(readdress.error)}
      busy={readdress.isPending}
      onConfirm={() =>
        address &&
        readdress.mutate(
          done.keyed({
            orderId: order.id,
            address,
            seen: seen as Record<string, string> | null,
            releaseHold: held && release,
          }),
        )
      }
    >
      <div className={classes.fields}>
        {FIELDS.map(([field, max, autoComplete]) => (
          <TextInput
            key={field}
            data-field={field}
            label={t(`actions.address.fields.${field}`)}
            required={field === 'line1' || field === 'city' || field === 'country'}
            maxLength={max}
            autoComplete={`shipping ${autoComplete}`}
            value={form[field]}
            error={field === 'postalCode' ? problem : field === 'country' && otherCountry ? t('actions.address.taxStays') : null}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setForm((now) => ({ ...now, [field]: value }));
            }}
          />
        ))}
      </div>
      {held && (
        <Checkbox
          label={t('actions.address.release')}
          checked={release}
          onChange={(event) => setRelease(event.currentTarget.checked)}
        />
      )}
    </EffectDialog>
  );
}
