'use client';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import type { DraftPage } from '../../server/api/drafts.ts';
import { newId, shortId } from '../../server/kernel/ids.ts';
import { useLive } from '../live.tsx';
import { Address } from '../orders/order-customer.tsx';
import { PaySummary } from '../pay/pay-summary.tsx';
import { ShippingChoice } from '../pay/shipping-choice.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './drafts.module.css';

function useVerbs(draft: DraftPage) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const settled = { onSettled: () => queryClient.invalidateQueries(trpc.drafts.pathFilter()) };
  const failed = { onError: (error: unknown) => toast.error(shownError(error)) };
  const send = useMutation(
    trpc.drafts.sendLink.mutationOptions({
      ...settled,
      ...failed,
      onSuccess: () => toast.success({ message: t('drafts.linkSent', { email: draft.customer.email ?? '' }) }),
    }),
  );
  const withdraw = useMutation(
    trpc.drafts.cancel.mutationOptions({
      ...settled,
      ...failed,
      onSuccess: () => toast.success({ message: t('drafts.withdrawn') }),
    }),
  );
  const update = useMutation(trpc.drafts.update.mutationOptions({ ...settled, ...failed }));
  return { send, withdraw, update };
}

function Body({ draft }: { draft: DraftPage }) {
  const { t } = useMessages();
  const { send, withdraw, update } = useVerbs(draft);
  const input = () => ({ checkoutId: draft.id, idempotencyKey: newId() });
  const open = draft.state === 'open';
  const closed = open ? null : t('drafts.notOpen');
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('drafts.title'), href: '/orders/drafts' }]}
      title={t('drafts.draftTitle', { id: shortId(draft.id) })}
      badges={<StatusBadge kind="checkout" value={draft.state} />}
      sub={
        <>
          {draft.merchantName} · {draft.createdByName} · <TimeAgo at={draft.createdAt} />
        </>
      }
      secondary={
        <ActionButton
          variant="default"
          label={t('drafts.withdraw')}
          reason={closed}
          loading={withdraw.isPending}
          onClick={() => withdraw.mutate(input())}
        />
      }
      primary={
        <ActionButton
          label={t(draft.linkSentAt ? 'drafts.sendAgain' : 'drafts.send')}
          reason={closed ?? (draft.customer.email ? null : t('drafts.noEmail'))}
          loading={send.isPending}
          onClick={() => send.mutate(input())}
        />
      }
    />
  );
  const aside = (
    <Section title={t('drafts.customer')}>
      <KeyValue
        items={[
          { label: t('drafts.fields.name'), value: draft.customer.name ?? t('ui.unknown') },
          { label: t('drafts.fields.email'), value: draft.customer.email ?? t('ui.unknown') },
          { label: t('drafts.fields.phone'), value: draft.customer.phone ?? t('ui.unknown') },
          { label: t('drafts.deliverTo'), value: <Address address={draft.shipTo} /> },
        ]}
      />
    </Section>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      <Section title={t('drafts.link')}>
        <p className={classes.dim}>{t('drafts.linkText')}</p>
        <div className={classes.link}>
          <CopyText value={draft.payUrl} what={t('drafts.link')} mono />
          {open && (
            <Button component="a" href={draft.payUrl} target="_blank" rel="noreferrer" variant="default">
              {t('drafts.openLink')}
            </Button>
          )}
        </div>
        <KeyValue
          items={[
            {
              label: t('drafts.sent'),
              value: draft.linkSentAt ? <TimeAgo at={draft.linkSentAt} /> : t('drafts.notSent'),
            },
            { label: t('drafts.expires'), value: <TimeAgo at={draft.expiresAt} /> },
            ...(draft.attempt
              ? [
                  {
                    label: t('drafts.order'),
                    value: <Link href={`/orders/${draft.attempt.number}`}>{draft.attempt.number}</Link>,
                  },
                ]
              : []),
          ]}
        />
      </Section>
      <Section title={t('drafts.items')}>
        <PaySummary page={{ ...draft, tenders: [] }} option={draft.option} />
      </Section>
      {open && draft.quote && draft.quote.options.length > 1 && (
        <Section title={t('drafts.shipping')}>
          <ShippingChoice
            page={draft}
            option={draft.option}
            busy={update.isPending}
            onChoose={(option) => update.mutate({ ...input(), option })}
          />
        </Section>
      )}
    </DetailLayout>
  );
}

/** A draft: what it is for, what it costs, and the link that pays for it. */
export function DraftDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const draft = useQuery(trpc.drafts.get.queryOptions({ checkoutId: id }));
  useLive(['order', `checkout:${id}`], { queryKeys: [trpc.drafts.get.queryKey({ checkoutId: id })] });
  return (
    <Loaded data={draft.data} error={shownError(draft.error)} onRetry={() => void draft.refetch()} lines={8}>
      {(found) => <Body draft={found} />}
    </Loaded>
  );
}
