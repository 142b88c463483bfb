'use client';
import { Button, Select, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { STORE_CREDIT_REASONS } from '../../server/domains/store-credit/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

/** What shops owe a customer as credit, and giving more of it. */
export function CustomerCredit({ customerId, mayIssue }: { customerId: string; mayIssue: boolean }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const credits = useQuery(trpc.storeCredit.list.queryOptions({ customerId }));
  const [giving, setGiving] = useState(false);
  const rows = credits.data?.items ?? [];
  return (
    <Section
      title={t('giftCards.credit.title')}
      actions={
        mayIssue && (
          <Button variant="default" size="compact-xs" onClick={() => setGiving(true)}>
            {t('giftCards.credit.give')}
          </Button>
        )
      }
    >
      {rows.length === 0 && t('giftCards.credit.none')}
      {rows.length > 0 && (
        <KeyValue
          figures
          items={rows.map((row) => ({
            label: row.status === 'frozen' ? t('giftCards.credit.frozen', { merchant: row.merchantName }) : row.merchantName,
            value: <Money amountMinor={row.balanceMinor} currency={row.currency} withCode />,
          }))}
        />
      )}
      {giving && <GiveCredit customerId={customerId} onClose={() => setGiving(false)} />}
    </Section>
  );
}

function GiveCredit({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const facets = useQuery(trpc.orders.facets.queryOptions());
  const merchants = facets.data?.merchants ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const [note, setNote] = useState('');
  const merchant = merchants.find(({ id }) => id === chosen) ?? merchants[0];
  const currency = merchant?.currency ?? 'EUR';
  const amount = amountMinor === null ? null : format.money(amountMinor, currency);
  const issue = useMutation(
    trpc.storeCredit.issue.mutationOptions({
      onSuccess: ({ status }) => {
        toast.success({
          message: t(status === 'issued' ? 'giftCards.credit.given' : 'giftCards.credit.waits', { amount: amount ?? '' }),
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.storeCredit.pathFilter()),
    }),
  );
  const blocked = merchant === undefined || amountMinor === null || amountMinor <= 0n ? t('actions.refund.amountFirst') : null;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('giftCards.credit.giveTitle')}
      preview={<p>{t('giftCards.credit.effect', { merchant: merchant?.name ?? '' })}</p>}
      reason={{
        required: true,
        options: STORE_CREDIT_REASONS.map((value) => ({ value, label: t(`giftCards.credit.reasons.${value}`) })),
        remember: 'store-credit',
      }}
      verb={amount ? t('giftCards.credit.verb', { amount }) : t('giftCards.credit.give')}
      blocked={blocked}
      error={shownError(issue.error)}
      busy={issue.isPending}
      onConfirm={(wanted) => {
        const reason = STORE_CREDIT_REASONS.find((known) => known === wanted);
        if (!merchant || amountMinor === null || !reason) return;
        const wish = { merchantId: merchant.id, customerId, currency, amountMinor, reason, note: note.trim() || undefined };
        issue.mutate(request.keyed(wish));
      }}
    >
      {merchants.length > 1 && (
        <Select
          label={t('giftCards.merchant')}
          data={merchants.map(({ id, name }) => ({ value: id, label: name }))}
          value={merchant?.id ?? null}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      <MoneyInput label={t('giftCards.amount')} currency={currency} value={amountMinor} onChange={setAmount} required />
      <Textarea
        label={t('giftCards.note')}
        maxLength={500}
        autosize
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
