'use client';
import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { InvoiceProfileRow } from '../../server/views/invoices.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './invoices.module.css';

const FIELDS = ['legalName', 'taxNumber', 'prefix', 'line1', 'line2', 'postalCode', 'city', 'region', 'country'] as const;
type Field = (typeof FIELDS)[number];
type Form = Readonly<Record<Field, string>>;
const NEEDED: readonly Field[] = ['legalName', 'taxNumber', 'prefix', 'line1', 'city', 'country'];
const MAX: Readonly<Record<Field, number>> = {
  ...{ legalName: 200, taxNumber: 40, prefix: 8, line1: 200, line2: 200, postalCode: 20, city: 100, region: 100, country: 2 },
};
const CAPITALS: readonly Field[] = ['prefix', 'country'];

function formOf({ legalName, taxNumber, prefix, address }: InvoiceProfileRow): Form {
  const place = address ?? {};
  return {
    ...{
      legalName: legalName ?? '',
      taxNumber: taxNumber ?? '',
      prefix: prefix ?? '',
      line1: place.line1 ?? '',
      line2: place.line2 ?? '',
    },
    ...{ postalCode: place.postalCode ?? '', city: place.city ?? '', region: place.region ?? '', country: place.country ?? '' },
  };
}

/** Says who sells, or changes it. */
export function ProfileDialog({ profile, onClose }: { profile: InvoiceProfileRow; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [form, setForm] = useState(formOf(profile));
  const merchant = profile.merchantName;
  const save = useMutation(
    trpc.invoices.saveProfile.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('invoices.saved', { merchant }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.invoices.pathFilter()),
    }),
  );
  const said = Object.fromEntries(FIELDS.map((field) => [field, form[field].trim()])) as Form;
  const same = profile.version !== null && JSON.stringify(said) === JSON.stringify(formOf(profile));
  const blocked = NEEDED.some((field) => said[field] === '') ? t('ui.required') : same ? t('invoices.same') : null;
  const input = (field: Field, label: string, rest: { description?: string; disabled?: boolean } = {}) => (
    <TextInput
      label={label}
      required={NEEDED.includes(field)}
      maxLength={MAX[field]}
      value={form[field]}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        setForm((before) => ({ ...before, [field]: CAPITALS.includes(field) ? typed.toUpperCase() : typed }));
      }}
      {...rest}
    />
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('invoices.editTitle', { merchant })}
      preview={<ChangesPreview changes={[]} error={save.error} />}
      verb={t('invoices.save')}
      blocked={blocked}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() => save.mutate(request.keyed({ ...inputOf(profile, said) }))}
    >
      {input('legalName', t('invoices.legalName'))}
      <div className={classes.pair}>
        {input('taxNumber', t('invoices.taxNumber'))}
        {input('prefix', t('invoices.prefix'), { description: t('invoices.prefixHint'), disabled: profile.begun })}
      </div>
      {input('line1', t('invoices.line1'))}
      {input('line2', t('invoices.line2'))}
      <div className={classes.pair}>
        {input('postalCode', t('invoices.postalCode'))}
        {input('city', t('invoices.city'))}
        {input('region', t('invoices.region'))}
        {input('country', t('invoices.countryCode'))}
      </div>
    </EffectDialog>
  );
}

function inputOf(
  { merchantId, version }: InvoiceProfileRow,
  { legalName, taxNumber, prefix, line1, city, country, ...rest }: Form,
) {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
  return {
    merchantId,
    legalName,
    taxNumber,
    prefix,
    address: { line1, city, country, ...given },
    ...(version === null ? {} : { version }),
  };
}
