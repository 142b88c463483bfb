'use client';
import { Select, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CUSTOMER_LOCALES, MAX_CUSTOMER_TAGS } from '../../server/domains/customers/schema.ts';
import type { CustomerPage } from '../../server/views/customers.ts';
import { ChangesPreview, type FieldChange } from '../changes-preview.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface Form {
  readonly name: string;
  readonly phone: string;
  readonly locale: (typeof CUSTOMER_LOCALES)[number];
  readonly tags: string[];
}

function useChanges(stored: Form, typed: Partial<Form>): FieldChange[] {
  const { t } = useMessages();
  const text = (field: keyof Form, form: Form) =>
    field === 'tags' ? form.tags.join(', ') : field === 'locale' ? t(`actions.customer.locales.${form.locale}`) : form[field];
  const now = { ...stored, ...typed };
  return (['name', 'phone', 'locale', 'tags'] as const)
    .map((field) => ({ label: t(`actions.customer.${field}`), before: text(field, stored), after: text(field, now) }))
    .filter((change) => change.before !== change.after);
}

/** Changes what is known of a customer. Their e-mail address is who they are, and stays. */
export function EditCustomerDialog({ customer, onClose }: { customer: CustomerPage['customer']; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<Partial<Form>>({});
  const request = useRequestKey();
  const locale = CUSTOMER_LOCALES.find((known) => known === customer.locale) ?? 'en';
  const stored: Form = { name: customer.name ?? '', phone: customer.phone ?? '', locale, tags: customer.tags };
  const form = { ...stored, ...typed };
  const changes = useChanges(stored, typed);
  const type = (change: Partial<Form>) => setTyped((before) => ({ ...before, ...change }));
  const edit = useMutation(
    trpc.customers.edit.mutationOptions({
      onSuccess: () => {
        toast.success({
          message: t('actions.customer.saved'),
          link: { href: `/customers/${customer.id}`, label: form.name || t('ui.show') },
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.customers.pathFilter()),
    }),
  );
  const orNull = (text: string | undefined) => (text === undefined ? undefined : text.trim() || null);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('actions.customer.title')}
      preview={<ChangesPreview changes={changes} error={edit.error} />}
      verb={t('actions.product.save')}
      blocked={changes.length === 0 ? t('actions.product.same') : null}
      error={shownError(edit.error)}
      busy={edit.isPending}
      onConfirm={() =>
        edit.mutate(
          request.keyed({
            customerId: customer.id,
            version: customer.version,
            ...typed,
            name: orNull(typed.name),
            phone: orNull(typed.phone),
          }),
        )
      }
    >
      <TextInput
        label={t('actions.customer.name')}
        maxLength={200}
        value={form.name}
        onChange={(event) => type({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t('actions.customer.phone')}
        maxLength={40}
        value={form.phone}
        onChange={(event) => type({ phone: event.currentTarget.value })}
      />
      <Select
        label={t('actions.customer.locale')}
        data={CUSTOMER_LOCALES.map((value) => ({ value, label: t(`actions.customer.locales.${value}`) }))}
        value={form.locale}
        onChange={(value) => type({ locale: CUSTOMER_LOCALES.find((known) => known === value) ?? form.locale })}
        allowDeselect={false}
      />
      <TagsInput
        label={t('actions.customer.tags')}
        value={form.tags}
        maxTags={MAX_CUSTOMER_TAGS}
        onChange={(tags) => type({ tags })}
      />
    </EffectDialog>
  );
}
