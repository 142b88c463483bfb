'use client';
import { Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTRPC } from '../trpc.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';

/** What is asked of whoever gives out a merchant's money: whose, how much, and a note. */
export function useIssueForm() {
  const format = useFormat();
  const trpc = useTRPC();
  const facets = useQuery(trpc.orders.facets.queryOptions());
  const merchants = facets.data?.merchants ?? [];
  const [chosen, choose] = useState<string | null>(null);
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const [note, setNote] = useState('');
  const merchant = merchants.find(({ id }) => id === chosen) ?? merchants[0];
  const currency = merchant?.currency ?? 'EUR';
  const usable = merchant !== undefined && amountMinor !== null && amountMinor > 0n;
  return {
    merchants,
    merchant,
    choose,
    currency,
    amountMinor,
    setAmount,
    note,
    setNote,
    /** The amount as text, once there is one. */
    amount: usable ? format.money(amountMinor, currency) : null,
    /** What both commands ask for; null as long as something is missing. */
    wish: usable ? { merchantId: merchant.id, currency, amountMinor, note: note.trim() || undefined } : null,
  };
}

/** The fields of `useIssueForm`, with what is asked between them. */
export function IssueFields({ form, children }: { form: ReturnType<typeof useIssueForm>; children?: ReactNode }) {
  const { t } = useMessages();
  const { merchants, merchant, currency } = form;
  return (
    <>
      {merchants.length > 1 && (
        <Select
          label={t('giftCards.merchant')}
          data={merchants.map(({ id, name }) => ({ value: id, label: name }))}
          value={merchant?.id ?? null}
          onChange={form.choose}
          allowDeselect={false}
        />
      )}
      <MoneyInput
        key={currency}
        label={t('giftCards.amount')}
        currency={currency}
        value={form.amountMinor}
        onChange={form.setAmount}
        required
      />
      {children}
    </>
  );
}

/** A note that stays with what was issued. */
export function IssueNote({ form }: { form: ReturnType<typeof useIssueForm> }) {
  const { t } = useMessages();
  return (
    <Textarea
      label={t('giftCards.note')}
      maxLength={500}
      autosize
      value={form.note}
      onChange={(event) => form.setNote(event.currentTarget.value)}
    />
  );
}
