'use client';
import { useQuery } from '@tanstack/react-query';
import type { CustomerMoney, CustomerPage } from '../../server/views/customers.ts';
import type { OrderRow } from '../../server/views/orders.ts';
import { useLive } from '../live.tsx';
import { OrderTags } from '../orders/order-customer.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText, Id } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { RecordTrail } from '../ui/record-trail.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useCustomerName } from './customer-list.tsx';
import { CustomerNotes } from './customer-notes.tsx';
import { EditCustomerDialog } from './edit-dialog.tsx';
import { CustomerCredit } from './store-credit.tsx';

function Orders({ orders }: { orders: readonly OrderRow[] }) {
  const { t } = useMessages();
  const columns: Column<OrderRow>[] = [
    { key: 'number', header: t('orders.number'), cell: (o) => o.number, card: 'title' },
    { key: 'placed', header: t('orders.placed'), cell: (o) => <TimeAgo at={o.placedAt} />, card: 'endSub' },
    { key: 'merchant', header: t('orders.merchant'), cell: (o) => o.merchantName },
    { key: 'status', header: t('orders.status'), cell: (o) => <StatusBadge kind="order" value={o.status} />, card: 'sub' },
    { key: 'payment', header: t('orders.payment'), cell: (o) => <StatusBadge kind="payment" value={o.paymentStatus} /> },
    {
      key: 'total',
      header: t('orders.total'),
      right: true,
      card: 'end',
      cell: (o) => <Money amountMinor={o.totalMinor} currency={o.currency} withCode />,
    },
  ];
  return (
    <Section title={t('customers.orders')}>
      {orders.length === 0 ? (
        <EmptyState compact title={t('customers.orders')} reason={t('customers.noOrders')} />
      ) : (
        <DataTable
          embedded
          keyboard
          label={t('customers.orders')}
          columns={columns}
          rows={orders}
          rowKey={(o) => o.id}
          rowLabel={(o) => o.number}
          rowHref={(o) => `/orders/${o.number}`}
        />
      )}
    </Section>
  );
}

function Sums({ money }: { money: readonly CustomerMoney[] }) {
  const { t } = useMessages();
  return (
    <Section title={t('customers.money')}>
      {money.length === 0 && t('ui.unknown')}
      {money.map((sum) => (
        <KeyValue
          key={sum.currency}
          figures
          items={[
            {
              label: t('customers.ordered'),
              value: <Money amountMinor={sum.totalMinor} currency={sum.currency} withCode />,
            },
            { label: t('customers.captured'), value: <Money amountMinor={sum.capturedMinor} currency={sum.currency} withCode /> },
            {
              label: t('customers.refunded'),
              value: <Money amountMinor={-sum.refundedMinor} currency={sum.currency} withCode />,
            },
            {
              label: t('customers.lifetime', { count: sum.orders }),
              value: <Money amountMinor={sum.capturedMinor - sum.refundedMinor} currency={sum.currency} withCode />,
              strong: true,
            },
          ]}
        />
      ))}
    </Section>
  );
}

function References({ references }: { references: CustomerPage['references'] }) {
  return references.map((one) => (
    <div key={`${one.merchantName}${one.externalId}`}>
      <CopyText value={one.externalId} mono /> · {one.merchantName}
    </div>
  ));
}

function Details({ page }: { page: CustomerPage }) {
  const { t } = useMessages();
  const { customer, references } = page;
  const copied = (value: string | null) => (value ? <CopyText value={value} /> : t('ui.unknown'));
  return (
    <Section title={t('customers.details')}>
      <KeyValue
        items={[
          { label: t('customers.email'), value: copied(customer.email) },
          { label: t('customers.phone'), value: copied(customer.phone) },
          { label: t('customers.country'), value: customer.country ?? t('ui.unknown') },
          { label: t('customers.kind'), value: t(customer.guest ? 'customers.guest' : 'customers.registered') },
          { label: t('customers.since'), value: <TimeAgo at={customer.createdAt} exact /> },
          ...(references.length > 0 ? [{ label: t('customers.references'), value: <References references={references} /> }] : []),
        ]}
      />
    </Section>
  );
}

function Body({ page }: { page: CustomerPage }) {
  const { t } = useMessages();
  const name = useCustomerName();
  const { customer } = page;
  const powers = usePowers();
  const overlay = useOverlay(['edit']);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('customers.title'), href: '/customers' }]}
      title={name(customer)}
      sub={<Id value={customer.id} />}
      secondary={<RecordTrail list="/customers" here={`/customers/${customer.id}`} />}
      primary={
        powers.may('customers.edit') && (
          <ActionButton label={t('actions.customer.edit')} keys="e" onClick={() => overlay.show('edit')} />
        )
      }
    />
  );
  const aside = (
    <>
      <Details page={page} />
      <Sums money={page.money} />
      {powers.may('storeCredit.list') && <CustomerCredit customerId={customer.id} />}
      <OrderTags tags={customer.tags} />
      <CustomerNotes page={page} />
    </>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      <Orders orders={page.orders.items} />
      {overlay.open === 'edit' && powers.may('customers.edit') && (
        <EditCustomerDialog customer={customer} onClose={overlay.close} />
      )}
    </DetailLayout>
  );
}

/** One customer with their orders and money. */
export function CustomerDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const customer = useQuery(trpc.customers.get.queryOptions({ id }));
  useLive([`customer:${id}`, 'order'], { queryKeys: [trpc.customers.get.queryKey({ id })] });
  return (
    <Loaded data={customer.data} error={shownError(customer.error)} onRetry={() => void customer.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
