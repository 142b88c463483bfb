'use client';
import Link from 'next/link';
import type { OrderPage } from '../../server/views/order.ts';
import type { OperationView, PaymentView, RefundLegView } from '../../server/views/order-money.ts';
import { useActorName } from '../actor-name.ts';
import { useMethodName } from '../payments/method-name.ts';
import { RecordPayments } from '../payments/record-dialog.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './order-page.module.css';
import { RedirectLeg } from './redirect-leg.tsx';

/** One attempt at the provider: what, how it ended, and what the provider called it. */
export function Attempt({ operation, currency }: { operation: OperationView; currency: string }) {
  const { t } = useMessages();
  return (
    <li className={classes.attempt}>
      <StatusBadge kind="operation" value={operation.status} />
      <span>{t(`orders.attempt.${operation.kind}`)}</span>
      <Money amountMinor={operation.amountMinor} currency={currency} />
      <span className={classes.attemptFoot}>
        <TimeAgo at={operation.createdAt} />
        {operation.calls > 0 && <span>{t('orders.calls', { count: operation.calls })}</span>}
        {operation.providerRef && <CopyText value={operation.providerRef} mono />}
      </span>
      {operation.error && <p className={classes.failure}>{operation.error.message ?? operation.error.code}</p>}
    </li>
  );
}

function Payment({ payment, several }: { payment: PaymentView; several: boolean }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const methodName = useMethodName();
  const money = (minor: bigint) => format.money(minor, payment.currency);
  return (
    <li className={classes.block}>
      <div className={classes.blockHead}>
        <Link href={`/payments/${payment.id}`} className={classes.strong}>
          {methodName(payment)}
        </Link>
        {payment.method === 'card' && (
          <span className={classes.dim}>{t('payments.via', { gateway: word('payments.gateways', payment.provider) })}</span>
        )}
        <StatusBadge kind="payment" value={payment.status} />
        <span className={classes.blockEnd}>
          <Money amountMinor={payment.amountMinor} currency={payment.currency} />
        </span>
      </div>
      {several && payment.capturedMinor > 0n && (
        <span className={classes.dim}>
          {t('orders.tenderSums', { captured: money(payment.capturedMinor), refunded: money(payment.refundedMinor) })}
        </span>
      )}
      <ol className={classes.spans}>
        {payment.operations.map((operation) => (
          <Attempt key={operation.id} operation={operation} currency={payment.currency} />
        ))}
      </ol>
    </li>
  );
}

/** The order's money, then every payment with every attempt. */
export function OrderMoney({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const { order } = page;
  const pair = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={order.currency} />,
  });
  const items = [
    pair(t('orders.total'), order.totalMinor, true),
    ...(order.cancelledMinor > 0n ? [pair(t('orders.cancelledAmount'), -order.cancelledMinor)] : []),
    ...(order.cancellationFeeMinor > 0n ? [pair(t('orders.cancellationFee'), order.cancellationFeeMinor)] : []),
    pair(t('orders.authorized'), order.authorizedMinor),
    pair(t('orders.captured'), order.capturedMinor),
    ...(order.refundedMinor > 0n ? [pair(t('orders.refunded'), -order.refundedMinor)] : []),
    ...(order.goodwillMinor > 0n ? [pair(t('orders.goodwill'), -order.goodwillMinor)] : []),
    pair(t('orders.receivable'), order.receivableMinor),
    pair(t('orders.net'), order.capturedMinor - order.refundedMinor, true),
  ];
  return (
    <>
      <Section title={t('orders.money')}>
        <KeyValue figures items={items} />
      </Section>
      <Section title={t('orders.payments')} count={page.payments.length} actions={<RecordPayments page={page} />}>
        {page.payments.length === 0 && <p className={classes.dim}>{t('orders.noPayments')}</p>}
        <ul className={classes.blocks}>
          {page.payments.map((payment) => (
            <Payment key={payment.id} payment={payment} several={page.payments.length > 1} />
          ))}
        </ul>
      </Section>
    </>
  );
}

/** Refunds with their units; nothing where there are none. */
export function OrderRefunds({
  page: { order, refunds, payments },
}: {
  page: Pick<OrderPage, 'order' | 'refunds' | 'payments'>;
}) {
  const { t, word } = useMessages();
  const methodName = useMethodName();
  const methodOf = (leg: RefundLegView): string => {
    if (leg.destination) return word('payments.methods', leg.destination);
    const payment = payments.find(({ id }) => id === leg.paymentId);
    return payment ? methodName(payment) : t('ui.unknown');
  };
  const actor = useActorName();
  if (refunds.length === 0) return null;
  return (
    <Section title={t('orders.refunds')} count={refunds.length}>
      <ul className={classes.blocks}>
        {refunds.map((refund) => (
          <li key={refund.id} className={classes.block}>
            <div className={classes.blockHead}>
              <span className={classes.strong}>{refund.number}</span>
              <StatusBadge kind="refund" value={refund.status} />
              <span className={classes.blockEnd}>
                <Money amountMinor={refund.amountMinor} currency={refund.currency} />
              </span>
            </div>
            <span className={classes.dim}>
              {t('orders.refundReason', {
                reason: word('actions.refund.reasons', refund.reason),
                name: actor(refund.requestedBy),
              })}{' '}
              · <TimeAgo at={refund.createdAt} />
            </span>
            <ul className={classes.spans}>
              {refund.lines.map((line) => (
                <li key={`${line.lineId}${line.fromUnit}`} className={classes.span}>
                  <span className="wb-number">{line.toUnit - line.fromUnit + 1} ×</span>
                  <span>{line.skuCode ?? line.name}</span>
                  <span className={classes.spanValue}>
                    <Money amountMinor={line.totalMinor} currency={refund.currency} />
                  </span>
                </li>
              ))}
            </ul>
            <ul className={classes.spans}>
              {refund.legs
                .filter((leg) => leg.status !== 'failed')
                .map((leg) => (
                  <li key={leg.id} className={classes.span}>
                    <span>{t('orders.refundTo', { method: methodOf(leg) })}</span>
                    <span className={classes.spanValue}>
                      <Money amountMinor={leg.amountMinor} currency={refund.currency} />
                    </span>
                    {leg.failure && <RedirectLeg order={order} refund={refund} leg={leg} />}
                  </li>
                ))}
            </ul>
            {refund.failure && <p className={classes.failure}>{refund.failure.message ?? refund.failure.code}</p>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
