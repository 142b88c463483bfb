'use client';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { STORE_CREDIT_REASONS } from '../../server/domains/store-credit/schema.ts';
import type { StoreCreditRow } from '../../server/views/store-credit.ts';
import { IssueFields, IssueNote, useIssueForm } from '../gift-cards/issue-fields.tsx';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreMenu } from '../ui/page-header.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './store-credit.module.css';
import { CREDIT_CARE, type CreditCare, CreditCareDialog, useWhyNoCare } from './store-credit-care.tsx';

type Open = { readonly do: 'give' } | { readonly do: CreditCare; readonly credit: StoreCreditRow };

/** What shops owe a customer as credit; giving more of it, taking some back, keeping it from being spent. */
export function CustomerCredit({ customerId }: { customerId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const credits = useQuery(trpc.storeCredit.list.queryOptions({ customerId }));
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const rows = credits.data?.items ?? [];
  return (
    <Section
      title={t('giftCards.credit.title')}
      actions={
        powers.may('storeCredit.issue') && (
          <Button variant="default" size="compact-xs" onClick={() => setOpen({ do: 'give' })}>
            {t('giftCards.credit.give')}
          </Button>
        )
      }
    >
      {rows.length === 0 ? (
        t('giftCards.credit.none')
      ) : (
        <ul className={classes.credits}>
          {rows.map((credit) => (
            <Credit key={credit.id} credit={credit} onCare={(care) => setOpen({ do: care, credit })} />
          ))}
        </ul>
      )}
      {open?.do === 'give' && <GiveCredit customerId={customerId} onClose={close} />}
      {open && open.do !== 'give' && <CreditCareDialog credit={open.credit} care={open.do} onClose={close} />}
    </Section>
  );
}

function Credit({ credit, onCare }: { credit: StoreCreditRow; onCare: (care: CreditCare) => void }) {
  const { t } = useMessages();
  const powers = usePowers();
  const why = useWhyNoCare();
  const frozen = credit.status === 'frozen';
  const offered = CREDIT_CARE.filter((care) => care !== (frozen ? 'freeze' : 'unfreeze'));
  return (
    <li className={classes.credit}>
      <span>{frozen ? t('giftCards.credit.frozen', { merchant: credit.merchantName }) : credit.merchantName}</span>
      <span className={classes.sum}>
        <Money amountMinor={credit.balanceMinor} currency={credit.currency} withCode />
        {credit.heldMinor > 0n && (
          <span className={classes.held}>
            {t('giftCards.held')} <Money amountMinor={credit.heldMinor} currency={credit.currency} />
          </span>
        )}
      </span>
      {powers.may('storeCredit.change') && (
        <MoreMenu
          actions={offered.map((care) => ({
            label: t(`giftCards.credit.care.${care}.button`),
            danger: care === 'deduct',
            reason: why(credit, care),
            onClick: () => onCare(care),
          }))}
        />
      )}
    </li>
  );
}

function GiveCredit({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const form = useIssueForm();
  const { amount, wish } = form;
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
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('giftCards.credit.giveTitle')}
      preview={<p>{t('giftCards.credit.effect', { merchant: form.merchant?.name ?? '' })}</p>}
      reason={{
        required: true,
        options: STORE_CREDIT_REASONS.map((value) => ({ value, label: t(`giftCards.credit.reasons.${value}`) })),
        remember: 'store-credit',
      }}
      details={<IssueNote form={form} />}
      verb={amount ? t('giftCards.credit.verb', { amount }) : t('giftCards.credit.give')}
      blocked={wish ? null : t('actions.refund.amountFirst')}
      error={shownError(issue.error)}
      busy={issue.isPending}
      onConfirm={(wanted) => {
        const reason = STORE_CREDIT_REASONS.find((known) => known === wanted);
        if (wish && reason) issue.mutate(request.keyed({ ...wish, customerId, reason }));
      }}
    >
      <IssueFields form={form} />
    </EffectDialog>
  );
}
