'use client';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ProductRow } from '../../server/views/products.ts';
import { countriesByName, hasRegion, postalProblem } from '../pay/countries.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { useErrorText } from '../ui/states.tsx';
import { type DraftLine, DraftLines } from './draft-lines.tsx';
import classes from './drafts.module.css';
import { SkuFinder } from './sku-finder.tsx';

const BLANK = { email: '', name: '', phone: '', line1: '', line2: '', city: '', region: '', postalCode: '', country: '' };
type Form = typeof BLANK;

const filled = (text: string): string | undefined => text.trim() || undefined;
const hasAddress = (form: Form): boolean => [form.line1, form.city, form.postalCode].some((text) => text.trim() !== '');

/** What keeps the draft from being made; null where nothing does. */
function problemOf(form: Form, lines: readonly DraftLine[]): 'lines' | 'quantity' | 'email' | 'address' | 'postalCode' | null {
  if (lines.length === 0) return 'lines';
  if (lines.some((line) => line.quantity === null || line.quantity < 1)) return 'quantity';
  if (form.email.trim() !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(form.email.trim())) return 'email';
  if (!hasAddress(form)) return null;
  if (form.line1.trim() === '' || form.city.trim() === '' || form.country === '') return 'address';
  return postalProblem(form.country, form.postalCode) === null ? null : 'postalCode';
}

function asInput(form: Form, lines: readonly DraftLine[]) {
  const name = filled(form.name);
  return {
    lines: lines.map(({ product, quantity }) => ({ sku: product.code, quantity: quantity ?? 1 })),
    customer: { email: filled(form.email), name, phone: filled(form.phone) },
    ...(hasAddress(form)
      ? {
          shipTo: {
            name,
            line1: form.line1.trim(),
            line2: filled(form.line2),
            city: form.city.trim(),
            region: hasRegion(form.country) ? filled(form.region) : undefined,
            postalCode: filled(form.postalCode),
            country: form.country,
          },
        }
      : {}),
  };
}

/** The merchant whose goods are ordered: chosen by those who see several. */
function useShop() {
  const trpc = useTRPC();
  const facets = useQuery(trpc.orders.facets.queryOptions());
  const merchants = facets.data?.merchants ?? [];
  const [chosen, setChosen] = useState('');
  const id = chosen || (merchants[0]?.id ?? '');
  return { merchants, id, choose: setChosen };
}

/** An order taken on the telephone: made here, paid for by the customer through a link. */
export function NewDraft() {
  const { t, locale } = useMessages();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const shop = useShop();
  const [form, setForm] = useState<Form>(BLANK);
  const [lines, setLines] = useState<readonly DraftLine[]>([]);
  const request = useRequestKey();
  const [shown, setShown] = useState(false);
  const create = useMutation(
    trpc.drafts.create.mutationOptions({
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries(trpc.drafts.pathFilter());
        router.push(`/orders/drafts/${id}`);
      },
      onError: request.failed,
    }),
  );
  const change = (fields: Partial<Form>) => setForm((before) => ({ ...before, ...fields }));
  // Two scans may be answered at once: each adds to what is there then.
  const pick = (product: ProductRow) =>
    setLines((before) => {
      const known = before.find((line) => line.product.id === product.id);
      return known
        ? before.map((line) => (line === known ? { product, quantity: (line.quantity ?? 0) + 1 } : line))
        : [...before, { product, quantity: 1 }];
    });
  const [partly, setPartly] = useState(false);
  const problem = problemOf(form, lines);
  const submit = () => {
    setShown(true);
    if (problem || create.isPending) return;
    const accept = partly ? ('available' as const) : ('all' as const);
    create.mutate(request.keyed({ merchantId: shop.id, locale, accept, ...asInput(form, lines) }));
  };
  const field = (name: keyof Form, more: Record<string, unknown> = {}) => (
    <TextInput
      label={t(`drafts.fields.${name}`)}
      value={form[name]}
      maxLength={200}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      {...more}
    />
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <DetailLayout
        header={
          <PageHeader
            breadcrumbs={[{ label: t('drafts.title'), href: '/orders/drafts' }]}
            title={t('drafts.newTitle')}
            sub={t('drafts.newSub')}
            primary={
              <Button type="submit" loading={create.isPending}>
                {t('drafts.create')}
              </Button>
            }
          />
        }
        aside={
          <Section title={t('drafts.customer')}>
            <div className={classes.fields}>
              {field('name', { autoComplete: 'off' })}
              {field('email', { type: 'email', autoComplete: 'off' })}
              {field('phone', { autoComplete: 'off' })}
              <NativeSelect
                label={t('drafts.fields.country')}
                value={form.country}
                data={[
                  { value: '', label: t('drafts.chooseCountry') },
                  ...countriesByName([], locale).map(({ code, name }) => ({ value: code, label: name })),
                ]}
                onChange={(event) => change({ country: event.currentTarget.value })}
              />
              {field('line1')}
              {field('line2')}
              {field('postalCode')}
              {field('city')}
              {hasRegion(form.country) && field('region')}
            </div>
          </Section>
        }
      >
        <Section title={t('drafts.items')}>
          <div className={classes.fields}>
            {shop.merchants.length > 1 && (
              <NativeSelect
                label={t('drafts.merchant')}
                value={shop.id}
                data={shop.merchants.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(event) => {
                  shop.choose(event.currentTarget.value);
                  setLines([]);
                }}
              />
            )}
            {shop.id !== '' && <SkuFinder merchantId={shop.id} onPick={pick} />}
            <DraftLines lines={lines} onChange={setLines} />
            <Checkbox
              label={t('drafts.partly')}
              description={t('drafts.partlyText')}
              checked={partly}
              onChange={(event) => setPartly(event.currentTarget.checked)}
            />
            {shown && problem && (
              <p className={classes.problem} role="alert">
                {t(`drafts.problems.${problem}`)}
              </p>
            )}
            {create.error && (
              <p className={classes.problem} role="alert">
                {errorText(shownError(create.error) ?? { kind: 'unexpected' })}
              </p>
            )}
          </div>
        </Section>
      </DetailLayout>
    </form>
  );
}
