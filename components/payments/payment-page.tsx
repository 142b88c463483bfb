'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { PaymentPage, PaymentTransfer } from '../../server/views/payments.ts';
import { AccountLink } from '../ledger/account-link.tsx';
import { useLive } from '../live.tsx';
import { Attempt } from '../orders/order-money.tsx';
import classes from '../orders/order-page.module.css';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText, Id } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useMethodName } from './method-name.ts';

function Transfers({ transfers }: { transfers: readonly PaymentTransfer[] }) {
  const { t, word } = useMessages();
  const columns: Column<PaymentTransfer>[] = [
    { key: 'id', header: t('ledger.entry'), cell: (row) => <Id value={row.id} /> },
    { key: 'kind', header: t('payments.kind'), cell: (row) => word('ledger.transferKinds', row.kind), card: 'title' },
    { key: 'phase', header: t('payments.phase'), cell: (row) => t(`payments.phases.${row.phase}`), card: 'sub' },
    { key: 'debit', header: t('payments.debit'), cell: (row) => <AccountLink id={row.debitAccount} code={row.debitCode} /> },
    { key: 'credit', header: t('payments.credit'), cell: (row) => <AccountLink id={row.creditAccount} code={row.creditCode} /> },
    { key: 'at', header: t('payments.when'), cell: (row) => <TimeAgo at={row.at} />, card: 'endSub' },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} />,
    },
  ];
  return (
    <Section title={t('payments.ledger')} count={transfers.length}>
      {transfers.length === 0 ? (
        <EmptyState compact title={t('payments.ledger')} reason={t('payments.noLedger')} />
      ) : (
        <DataTable
          embedded
          label={t('payments.ledger')}
          columns={columns}
          rows={transfers}
          rowKey={(row) => row.id}
          rowLabel={(row) => word('ledger.transferKinds', row.kind)}
        />
      )}
    </Section>
  );
}

function Facts({ payment }: { payment: PaymentPage['payment'] }) {
  const { t } = useMessages();
  const methodName = useMethodName();
  const money = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={payment.currency} />,
  });
  return (
    <>
      <Section title={t('payments.amount')}>
        <KeyValue
          figures
          items={[
            money(t('payments.amount'), payment.amountMinor, true),
            money(t('payments.authorized'), payment.authorizedMinor),
            money(t('payments.captured'), payment.capturedMinor),
            money(t('payments.refunded'), -payment.refundedMinor),
            money(t('payments.fee'), payment.feeMinor),
          ]}
        />
      </Section>
      <Section title={t('payments.provider')}>
        <KeyValue
          items={[
            { label: t('payments.provider'), value: methodName({ method: payment.provider, brand: null, last4: null }) },
            {
              label: t('payments.reference'),
              value: payment.providerRef ? <CopyText value={payment.providerRef} mono /> : t('ui.unknown'),
            },
            { label: t('payments.expires'), value: <TimeAgo at={payment.authorizationExpiresAt} exact /> },
            { label: t('payments.merchant'), value: payment.merchantName },
          ]}
        />
      </Section>
    </>
  );
}

function Body({ page }: { page: PaymentPage }) {
  const { t } = useMessages();
  const methodName = useMethodName();
  const { payment, operations } = page;
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('payments.title'), href: '/payments' }]}
      title={methodName(payment)}
      badges={<StatusBadge kind="payment" value={payment.status} />}
      sub={
        <>
          <Link href={`/orders/${payment.orderNumber}`}>{payment.orderNumber}</Link> · <TimeAgo at={payment.createdAt} />
        </>
      }
    />
  );
  return (
    <DetailLayout header={header} aside={<Facts payment={payment} />}>
      <Section title={t('payments.attempts')} count={operations.length}>
        {operations.length === 0 && <EmptyState compact title={t('payments.attempts')} reason={t('payments.noAttempts')} />}
        <ol className={classes.spans}>
          {operations.map((operation) => (
            <Attempt key={operation.id} operation={operation} currency={payment.currency} />
          ))}
        </ol>
      </Section>
      <Transfers transfers={page.transfers} />
    </DetailLayout>
  );
}

/** One payment: money, every attempt, and what it posted. */
export function PaymentDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const payment = useQuery(trpc.payments.get.queryOptions({ id }));
  const orderId = payment.data?.payment.orderId;
  useLive(orderId ? [`order:${orderId}`] : [], { queryKeys: [trpc.payments.get.queryKey({ id })] });
  return (
    <Loaded data={payment.data} error={shownError(payment.error)} onRetry={() => void payment.refetch()} lines={10}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
