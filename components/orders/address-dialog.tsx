'use client';
import { Checkbox } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { mayChangeAddress } from '../../server/domains/orders/rules.ts';
import { postalCodeProblem } from '../../server/domains/orders/schema.ts';
import type { AddressView, OrderPage } from '../../server/views/order.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { ADDRESS_FIELDS, AddressFields, formOf, typedAddress } from './address-fields.tsx';
import { orderFacts } from './order-facts.ts';
import { useOrderDone } from './use-order-done.ts';

/** Changes where an order goes, before its units are set aside. Its country stays: the tax was worked out for it. */
export function AddressDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  // The address as it was when the dialog opened: whoever changes it meanwhile is not overwritten.
  const [seen] = useState<AddressView | null>(order.shipTo);
  const [form, setForm] = useState(() => formOf(order.shipTo));
  const held = order.holds.includes('address') && powers.release.includes('address');
  const [release, setRelease] = useState(true);
  const done = useOrderDone(page, onClose);
  const readdress = useMutation(
    trpc.orders.readdress.mutationOptions({
      onSuccess: () => done.succeeded(t('actions.address.done', { number: order.number })),
      onError: done.failed,
    }),
  );
  const before = formOf(seen);
  const changes = ADDRESS_FIELDS.filter(([field]) => form[field].trim() !== before[field]).map(([field]) => ({
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
      <AddressFields
        form={form}
        problems={{ postalCode: problem, country: otherCountry ? t('actions.address.taxStays') : null }}
        onChange={setForm}
      />
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
