'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { MyOrder } from '../../server/views/my-orders.ts';
import { OrderInvoices } from '../invoices/order-invoices.tsx';
import { useLive } from '../live.tsx';
import { Address } from '../orders/order-customer.tsx';
import { useMethodName } from '../payments/method-name.ts';
import { PrintButton } from '../print-link.tsx';
import { OrderReturns, ReturnButton } from '../returns/return-items.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { CancelMyOrder } from './cancel-my-order.tsx';
import { cancelSentence } from './cancel-sentence.ts';
import { Arrives, LineProgress, Parcels } from './parcels.tsx';
import { ProgressSteps } from './progress-steps.tsx';
import classes from './track.module.css';

function Items({ order }: { order: MyOrder }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <Section title={t('track.items')}>
      <ul className={classes.list}>
        {order.lines.map((line, index) => (
          <li key={index} className={classes.line}>
            <div className={classes.head}>
              <span>
                {line.kind === 'item'
                  ? `${line.quantity} × ${line.name}`
                  : t('orders.lineNamed', { kind: t(`track.${line.kind}`), name: line.name })}
              </span>
              <span className={`${classes.end} ${classes.strong}`}>
                <Money amountMinor={line.totalMinor} currency={order.currency} />
              </span>
            </div>
            {line.kind === 'item' && <LineProgress line={line} />}
            {line.later.map((one) => (
              <span key={one.promisedOn} className={classes.dim}>
                {t(one.acceptedOn === one.promisedOn ? 'track.laterAgreed' : 'track.later', {
                  count: one.units,
                  day: format.day(one.promisedOn),
                })}
                {one.firstPromisedOn !== one.promisedOn && ` ${t('track.laterFirst', { day: format.day(one.firstPromisedOn) })}`}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Sums({ order }: { order: MyOrder }) {
  const { t } = useMessages();
  const format = useFormat();
  const methodName = useMethodName();
  const money = (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={order.currency} />,
  });
  return (
    <>
      <Section title={t('track.total')}>
        <KeyValue
          figures
          items={[
            money(t('track.total'), order.totalMinor, true),
            ...(order.cancelledMinor > 0n ? [money(t('track.cancelled'), -order.cancelledMinor)] : []),
            ...(order.cancellationFeeMinor > 0n ? [money(t('track.cancel.fee'), order.cancellationFeeMinor)] : []),
            ...(order.refundedMinor > 0n ? [money(t('track.refunded'), -order.refundedMinor)] : []),
          ]}
        />
        {order.cancel.allowed && <p className={classes.dim}>{cancelSentence(order.cancel, t, format)}</p>}
      </Section>
      {order.tenders.length > 0 && (
        <Section title={t('track.paidWith')}>
          <ul className={classes.tenders}>
            {order.tenders.map((tender, index) => (
              <li key={index} className={classes.head}>
                <span>{methodName(tender)}</span>
                <span className={classes.end}>
                  {tender.paidMinor === null ? (
                    <span className={classes.dim}>{t('track.letGo')}</span>
                  ) : (
                    <Money amountMinor={tender.paidMinor} currency={order.currency} />
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {order.refunds.length > 0 && (
        <Section title={t('track.refunds')}>
          <ul className={classes.refunds}>
            {order.refunds.map((refund) => (
              <li key={refund.number}>
                <div className={classes.head}>
                  <StatusBadge kind="refund" value={refund.status} />
                  <TimeAgo at={refund.createdAt} />
                  <span className={`${classes.end} ${classes.strong}`}>
                    <Money amountMinor={refund.amountMinor} currency={refund.currency} />
                  </span>
                </div>
                <ul className={classes.tenders}>
                  {refund.legs.map((leg, index) => (
                    <li key={index} className={`${classes.head} ${classes.dim}`}>
                      <span>{t('track.refundTo', { method: methodName(leg) })}</span>
                      <span className={classes.end}>
                        <Money amountMinor={leg.amountMinor} currency={refund.currency} />
                      </span>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <OrderInvoices orderId={order.id} />
      <Section title={t('track.shipTo')}>
        <Address address={order.shipTo} />
      </Section>
    </>
  );
}

function Body({ order }: { order: MyOrder & { readonly payUrl: string | null } }) {
  const { t } = useMessages();
  const goods = order.lines.filter((line) => line.kind === 'item');
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('track.myOrders'), href: '/account/orders' }]}
      title={<CopyText value={order.number} what={t('orders.order')} />}
      badges={<StatusBadge kind="order" value={order.status} />}
      secondary={
        <>
          <PrintButton kind="orders" number={order.number} label={t('track.print')} />
          <CancelMyOrder order={order} />
          <ReturnButton
            orderId={order.id}
            orderNumber={order.number}
            base="/account/returns"
            delivered={goods.some((line) => line.units.some(({ state }) => state === 'delivered'))}
          />
        </>
      }
      sub={
        <>
          {t('track.from', { merchant: order.merchantName })} · <TimeAgo at={order.placedAt} />
          <Arrives from={order.promisedFrom} by={order.promisedBy} lines={goods} />
        </>
      }
    />
  );
  return (
    <DetailLayout
      header={header}
      bars={
        order.payUrl && (
          <Bar
            tone="attention"
            title={t('track.editWaits')}
            action={
              <Button component="a" href={order.payUrl} size="xs">
                {t('track.editPay')}
              </Button>
            }
          >
            {t('track.editWaitsText')}
          </Bar>
        )
      }
      aside={<Sums order={order} />}
    >
      <ProgressSteps lines={goods} />
      <Parcels parcels={order.parcels} lines={goods} />
      <Items order={order} />
      <OrderReturns orderId={order.id} base="/account/returns" />
    </DetailLayout>
  );
}

/** One of the customer's own orders. */
export function MyOrderDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const order = useQuery(trpc.myOrders.get.queryOptions({ number }));
  const id = order.data?.id;
  useLive(id ? [`order:${id}`] : [], { queryKeys: [trpc.myOrders.get.queryKey({ number })] });
  return (
    <Loaded data={order.data} error={shownError(order.error)} onRetry={() => void order.refetch()} lines={8}>
      {(found) => <Body order={found} />}
    </Loaded>
  );
}
