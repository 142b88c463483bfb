'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { isClosed, mayAnswer } from '../../server/domains/disputes/rules.ts';
import type { DisputeView } from '../../server/views/disputes.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { NextActionBanner } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { AcceptDialog } from './accept-dialog.tsx';
import { Deadline } from './deadline.tsx';
import { DisputeStory } from './dispute-story.tsx';
import { EvidenceFiles } from './evidence-files.tsx';
import { EvidenceForm, EvidenceSent } from './evidence-form.tsx';

function Facts({ view }: { view: DisputeView }) {
  const { t, word } = useMessages();
  const money = (label: string, amountMinor: bigint): Pair => ({
    label,
    value: <Money amountMinor={amountMinor} currency={view.currency} />,
  });
  return (
    <>
      <Section title={t('disputes.money')}>
        <KeyValue
          figures
          items={[
            money(t('disputes.amount'), view.amountMinor),
            money(t('disputes.taken'), view.takenMinor),
            money(t('disputes.fee'), view.feeMinor),
            ...(view.setOffMinor > 0n ? [money(t('disputes.setOff'), -view.setOffMinor)] : []),
            money(t('disputes.refunded'), view.refundedMinor),
          ]}
        />
      </Section>
      <Section title={t('disputes.facts')}>
        <KeyValue
          items={[
            { label: t('disputes.reason'), value: word('disputes.reasons', view.reason) },
            { label: t('disputes.due'), value: <Deadline dispute={view} /> },
            { label: t('disputes.opened'), value: <TimeAgo at={view.openedAt} /> },
            {
              label: t('disputes.payment'),
              value: <Link href={`/payments/${view.paymentId}`}>{view.last4 ? `•••• ${view.last4}` : view.provider}</Link>,
            },
            { label: t('disputes.ref'), value: <CopyText value={view.providerRef} what={t('disputes.ref')} /> },
          ]}
        />
      </Section>
    </>
  );
}

/** What is to be done next, in one sentence. */
function Next({ view }: { view: DisputeView }) {
  const { t } = useMessages();
  if (view.answerError)
    return <NextActionBanner tone="blocked" title={t('disputes.next.refused')} text={view.answerError.message} />;
  if (isClosed(view.status)) return null;
  if (view.answers === 'dashboard')
    return <NextActionBanner tone="attention" title={t('disputes.next.dashboard')} text={t('disputes.next.dashboardText')} />;
  if (view.answer && !view.answeredAt) return <NextActionBanner tone="moving" title={t('disputes.next.sending')} />;
  if (view.status === 'submitted') return <NextActionBanner tone="moving" title={t('disputes.next.waiting')} />;
  return <NextActionBanner tone="attention" title={t('disputes.next.answer')} text={t('disputes.next.answerText')} />;
}

function Body({ view }: { view: DisputeView }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [accepting, setAccepting] = useState(false);
  const verdict = mayAnswer(view, 'accept', view.answers, new Date());
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('disputes.title'), href: '/disputes' }]}
      title={<CopyText value={view.number} what={t('disputes.number')} />}
      badges={<StatusBadge kind="dispute" value={view.status} />}
      sub={
        <>
          <Link href={`/orders/${view.orderNumber}`}>{view.orderNumber}</Link> · {view.merchantName}
        </>
      }
      secondary={
        powers.may('disputes.accept') && !isClosed(view.status) ? (
          <ActionButton
            variant="default"
            label={t('disputes.accept')}
            reason={verdict.allowed ? null : verdict.why}
            onClick={() => setAccepting(true)}
          />
        ) : undefined
      }
    />
  );
  return (
    <DetailLayout header={header} bars={<Next view={view} />} aside={<Facts view={view} />}>
      {accepting && <AcceptDialog view={view} onClose={() => setAccepting(false)} />}
      {powers.may('disputes.submit') && view.answer === null && !isClosed(view.status) ? (
        <EvidenceForm key={view.id} view={view} />
      ) : (
        <EvidenceSent view={view} />
      )}
      <EvidenceFiles view={view} />
      <DisputeStory view={view} />
    </DetailLayout>
  );
}

/** One dispute by its number, read again whenever something happens to its order. */
export function DisputeDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.disputes.get.queryOptions({ number }));
  const orderId = found.data?.orderId;
  useLive(orderId ? [`order:${orderId}`] : [], { queryKeys: [trpc.disputes.get.queryKey({ number })] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {(view) => <Body view={view} />}
    </Loaded>
  );
}
