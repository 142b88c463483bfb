'use client';
import { Checkbox, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SHIPPING_BASES } from '../../server/domains/shipping/schema.ts';
import type { ShippingMethodRow } from '../../server/views/shipping-methods.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { MerchantSelect, useMerchant } from '../products/product-dialogs.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { BLANK_METHOD, formOf, inputOf, type MethodForm } from './method-form.ts';
import classes from './shipping.module.css';
import { TierFields } from './tier-fields.tsx';

const MAX_DAYS = 60;
const MAX_POSITION = 10_000;

interface Props {
  /** Null: a new one. */
  readonly method: ShippingMethodRow | null;
  /** The currency of a new one's merchant, where only one is known. */
  readonly currencies: ReadonlyMap<string, string>;
  readonly onClose: () => void;
}

/** Describes a new way to send goods, or changes one. */
export function MethodDialog({ method, currencies, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const merchant = useMerchant();
  const [form, setForm] = useState(method ? formOf(method) : BLANK_METHOD);
  const request = useRequestKey();
  const change = (part: Partial<MethodForm>) => setForm((before) => ({ ...before, ...part }));
  const merchantId = method?.merchantId ?? merchant.id;
  const currency = method?.currency ?? currencies.get(merchantId ?? '') ?? '';
  const input = inputOf(form);
  const same = method !== null && JSON.stringify(form) === JSON.stringify(formOf(method));
  const name = form.name.trim();
  const save = useMutation(
    trpc.shippingMethods.save.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('shipping.saved', { name }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.shippingMethods.pathFilter()),
    }),
  );
  const blocked = input === null || merchantId === null ? t('ui.required') : same ? t('shipping.same') : null;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={method ? t('shipping.editTitle', { name: method.name }) : t('shipping.addTitle')}
      preview={<ChangesPreview changes={[]} error={save.error} />}
      verb={name ? t('shipping.save', { name }) : t('shipping.saveWaiting')}
      blocked={blocked}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() =>
        input &&
        merchantId &&
        save.mutate(request.keyed({ ...input, merchantId, ...(method ? { version: method.version } : {}) }))
      }
    >
      {method === null && <MerchantSelect value={merchant.id} onChange={merchant.choose} />}
      <div className={classes.row}>
        <TextInput
          label={t('shipping.name')}
          required
          maxLength={100}
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('shipping.code')}
          description={method ? undefined : t('shipping.codeHint')}
          required
          disabled={method !== null}
          maxLength={40}
          value={form.code}
          onChange={(event) => change({ code: event.currentTarget.value })}
        />
      </div>
      <TextInput
        label={t('shipping.countries')}
        description={t('shipping.countriesHint')}
        value={form.countries}
        onChange={(event) => change({ countries: event.currentTarget.value })}
      />
      <TextInput
        label={t('shipping.prefixes')}
        description={t('shipping.prefixesHint')}
        value={form.postalPrefixes}
        onChange={(event) => change({ postalPrefixes: event.currentTarget.value })}
      />
      <Select
        label={t('shipping.basis')}
        data={SHIPPING_BASES.map((basis) => ({ value: basis, label: t(`shipping.bases.${basis}`) }))}
        value={form.basis}
        allowDeselect={false}
        onChange={(basis) =>
          change({ basis: (basis as MethodForm['basis']) ?? 'flat', tiers: [{ upTo: null, priceMinor: null }] })
        }
      />
      {currency && (
        <TierFields
          key={`${form.basis}${currency}`}
          basis={form.basis}
          currency={currency}
          tiers={form.tiers}
          onChange={(tiers) => change({ tiers })}
        />
      )}
      <div className={classes.row}>
        <QuantityInput
          label={t('shipping.minDays')}
          value={form.minDays}
          max={MAX_DAYS}
          onChange={(minDays) => change({ minDays })}
        />
        <QuantityInput
          label={t('shipping.maxDays')}
          value={form.maxDays}
          max={MAX_DAYS}
          onChange={(maxDays) => change({ maxDays })}
        />
        <QuantityInput
          label={t('shipping.cutoff')}
          value={form.cutoffHour}
          max={24}
          onChange={(cutoffHour) => change({ cutoffHour })}
        />
        <QuantityInput
          label={t('shipping.position')}
          value={form.position}
          max={MAX_POSITION}
          onChange={(position) => change({ position })}
        />
      </div>
      <Checkbox
        label={t('shipping.active')}
        checked={form.active}
        onChange={(event) => change({ active: event.currentTarget.checked })}
      />
    </EffectDialog>
  );
}
