'use client';
import { useQuery } from '@tanstack/react-query';
import type { OrderPage } from '../../server/views/order.ts';
import { OrderDisputes } from '../disputes/order-disputes.tsx';
import { OrderInvoices } from '../invoices/order-invoices.tsx';
import { useLive } from '../live.tsx';
import { OrderReturns, ReturnButton } from '../returns/return-items.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { BadgeGroup, StatusBadge } from '../ui/badge.tsx';
import { NextActionBanner } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { RecordTrail } from '../ui/record-trail.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { EditBar } from './edit-bar.tsx';
import { nextAction } from './next-action.ts';
import { NoteComposer } from './note-composer.tsx';
import { OrderButtons, useOrderMenu } from './order-actions.tsx';
import { OrderCustomer } from './order-customer.tsx';
import { OrderLines } from './order-lines.tsx';
import { OrderMails } from './order-mails.tsx';
import { OrderMoney, OrderRefunds } from './order-money.tsx';
import { OrderNotes } from './order-notes.tsx';
import { OrderPickup, OrderRequests } from './order-partners.tsx';
import { OrderRouting } from './order-routing.tsx';
import { OrderSagas } from './order-sagas.tsx';
import { OrderShipments } from './order-shipments.tsx';
import { OrderTimeline } from './order-timeline.tsx';
import { EditableTags } from './tag-editor.tsx';
import { UndoBars } from './undo-bars.tsx';

function Header({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const { order } = page;
  return (
    <PageHeader
      breadcrumbs={[{ label: t('orders.title'), href: '/orders' }]}
      title={<CopyText value={order.number} what={t('orders.order')} />}
      badges={
        <BadgeGroup>
          <StatusBadge kind="order" value={order.status} />
          <StatusBadge kind="payment" value={order.paymentStatus} />
          <StatusBadge kind="fulfilment" value={order.fulfilmentStatus} />
          {order.holds.map((hold) => (
            <StatusBadge key={hold} kind="hold" value={hold} />
          ))}
        </BadgeGroup>
      }
      sub={
        <>
          {order.merchantName} · {order.channel} · <TimeAgo at={order.placedAt} />
          {order.externalId && ` · ${order.externalId}`}
        </>
      }
      secondary={
        <>
          <RecordTrail list="/orders" here={`/orders/${encodeURIComponent(order.number)}`} />
          <ReturnButton
            orderId={order.id}
            orderNumber={order.number}
            base="/returns"
            delivered={page.lines.some((line) => line.spans.some((span) => span.state === 'delivered'))}
          />
          <OrderButtons page={page} />
        </>
      }
      menu={useOrderMenu(page)}
    />
  );
}

function NextAction({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const holds = page.order.holds.map((hold) => t(`status.hold.${hold}`)).join(', ');
  const next = nextAction(page, holds);
  if (!next) return null;
  return (
    <NextActionBanner
      tone={next.tone}
      title={t(next.title, next.titleVars)}
      text={next.said ?? (next.text && t(next.text, next.textVars))}
    />
  );
}

function Metadata({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const entries = Object.entries(page.order.metadata);
  if (entries.length === 0) return null;
  return (
    <Section title={t('orders.metadata')}>
      <KeyValue
        items={entries.map(([label, value]) => ({ label, value: typeof value === 'string' ? value : JSON.stringify(value) }))}
      />
    </Section>
  );
}

function OrderBody({ page }: { page: OrderPage }) {
  const { currency } = page.order;
  return (
    <DetailLayout
      header={<Header page={page} />}
      bars={
        <>
          <UndoBars page={page} />
          <EditBar page={page} />
          <NextAction page={page} />
        </>
      }
      aside={
        <>
          <OrderMoney page={page} />
          <OrderRefunds page={page} />
          <OrderDisputes orderId={page.order.id} />
          <OrderInvoices orderId={page.order.id} />
          <OrderCustomer page={page} />
          <EditableTags order={page.order} />
          <OrderNotes notes={page.notes} composer={<NoteComposer order={page.order} />} />
          <OrderSagas page={page} />
          <Metadata page={page} />
        </>
      }
    >
      <OrderLines lines={page.lines} waiting={page.waiting} currency={currency} />
      <OrderPickup page={page} />
      <OrderRequests page={page} />
      <OrderShipments page={page} />
      <OrderReturns orderId={page.order.id} base="/returns" />
      <OrderRouting order={page.order} />
      <OrderMails order={page.order} />
      <OrderTimeline timeline={page.timeline} currency={currency} />
    </DetailLayout>
  );
}

/** One order by its number, read again whenever something happens to it. */
export function OrderDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const input = { number };
  const order = useQuery(trpc.orders.get.queryOptions(input));
  const id = order.data?.order.id;
  useLive(id ? [`order:${id}`] : [], { queryKeys: [trpc.orders.get.queryKey(input)] });
  return (
    <Loaded data={order.data} error={shownError(order.error)} onRetry={() => void order.refetch()} lines={12}>
      {(page) => <OrderBody page={page} />}
    </Loaded>
  );
}
