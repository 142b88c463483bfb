'use client';
import { Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ProductPage } from '../../server/views/products.ts';
import { ChangesPreview, type FieldChange } from '../changes-preview.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { ProductFields, type ProductForm } from './product-fields.tsx';

const LABELS = {
  name: 'actions.product.name',
  price: 'products.price',
  taxClass: 'actions.product.taxClass',
  weightGrams: 'actions.product.weight',
  stocked: 'actions.product.stocked',
  active: 'actions.product.active',
  barcode: 'actions.product.barcode',
  description: 'actions.product.description',
} as const satisfies Record<keyof ProductForm, string>;

const href = (product: { code: string; merchantId: string }) =>
  `/products/${encodeURIComponent(product.code)}?merchant=${product.merchantId}`;

/** What the catalog takes for a form: empty text is null, and only what is given is meant. */
function fieldsOf({ barcode, description, ...rest }: Partial<ProductForm>) {
  return {
    ...rest,
    ...(barcode === undefined ? {} : { barcode: barcode.trim() || null }),
    ...(description === undefined ? {} : { description: description.trim() || null }),
  };
}

function useChanges(stored: ProductForm, typed: Partial<ProductForm>): FieldChange[] {
  const { t } = useMessages();
  const text = (value: string | number | boolean) => (typeof value === 'boolean' ? t(value ? 'ui.yes' : 'ui.no') : String(value));
  return (Object.keys(typed) as (keyof ProductForm)[])
    .filter((field) => typed[field] !== undefined && typed[field] !== stored[field])
    .map((field) => ({
      label: t(LABELS[field], { currency: '' }),
      before: text(stored[field]),
      after: text(typed[field] ?? ''),
    }));
}

/** Changes a product. What was typed is kept while somebody else changes it, and compared with what is now. */
export function EditProductDialog({ product, onClose }: { product: ProductPage; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<Partial<ProductForm>>({});
  const request = useRequestKey();
  const stored: ProductForm = { ...product, barcode: product.barcode ?? '', description: product.description ?? '' };
  const changes = useChanges(stored, typed);
  const edit = useMutation(
    trpc.products.edit.mutationOptions({
      onSuccess: (result) => {
        const said = result.changed.length > 0 ? 'actions.product.saved' : 'actions.product.same';
        toast.success({ message: t(said, { sku: product.code }), link: { href: href(product), label: product.code } });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.products.pathFilter()),
    }),
  );
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('actions.product.editTitle', { sku: product.code })}
      preview={<ChangesPreview changes={changes} error={edit.error} />}
      verb={t('actions.product.save')}
      blocked={changes.length === 0 ? t('actions.product.same') : null}
      error={shownError(edit.error)}
      busy={edit.isPending}
      onConfirm={() => edit.mutate(request.keyed({ skuId: product.id, version: product.version, ...fieldsOf(typed) }))}
    >
      <ProductFields
        withActive
        value={{ ...stored, ...typed }}
        currency={product.currency}
        onChange={(change) => setTyped((before) => ({ ...before, ...change }))}
      />
    </EffectDialog>
  );
}

const BLANK: ProductForm = {
  name: '',
  price: '',
  taxClass: 'standard',
  weightGrams: 0,
  stocked: true,
  active: true,
  barcode: '',
  description: '',
};

/** A choice of merchant for those who see several; those who see one need not choose. */
export function MerchantSelect(props: { value: string | null; onChange: (merchantId: string | null) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  if ((merchants.data?.length ?? 0) < 2) return null;
  return (
    <Select
      label={t('actions.product.merchant')}
      data={(merchants.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={props.value}
      onChange={props.onChange}
      allowDeselect={false}
      searchable
      required
    />
  );
}

/** The merchant chosen, or the only one there is. */
export function useMerchant() {
  const trpc = useTRPC();
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const only = merchants.data?.length === 1 ? merchants.data[0] : undefined;
  const id = chosen ?? only?.id ?? null;
  return { id, choose: setChosen };
}

/** Adds a product to a merchant's catalogue. */
export function CreateProductDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const merchant = useMerchant();
  const [code, setCode] = useState('');
  const [form, setForm] = useState(BLANK);
  const request = useRequestKey();
  const create = useMutation(
    trpc.products.create.mutationOptions({
      onSuccess: (result) => {
        const page = href({ code: result.code, merchantId: merchant.id ?? '' });
        toast.success({ message: t('actions.product.created', { sku: result.code }), link: { href: page, label: result.code } });
        void queryClient.invalidateQueries(trpc.products.pathFilter());
        router.push(page);
      },
      onError: request.failed,
    }),
  );
  const { active: _, ...fields } = fieldsOf(form) as Omit<ProductForm, 'barcode' | 'description'>;
  const missing = merchant.id === null || code.trim() === '' || form.name.trim() === '' || form.price.trim() === '';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('actions.product.createTitle')}
      preview={<span />}
      verb={code.trim() ? t('actions.product.add', { sku: code.trim() }) : t('actions.product.addWaiting')}
      blocked={missing ? t('ui.required') : null}
      error={shownError(create.error)}
      busy={create.isPending}
      onConfirm={() => merchant.id && create.mutate(request.keyed({ merchantId: merchant.id, code: code.trim(), ...fields }))}
    >
      <MerchantSelect value={merchant.id} onChange={merchant.choose} />
      <TextInput
        label={t('actions.product.code')}
        required
        maxLength={100}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <ProductFields
        withActive={false}
        value={form}
        currency=""
        onChange={(change) => setForm((before) => ({ ...before, ...change }))}
      />
    </EffectDialog>
  );
}
