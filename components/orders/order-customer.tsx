'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { AddressView, OrderPage } from '../../server/views/order.ts';
import { PromisedDays } from '../promised-days.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './order-page.module.css';

/** The customer's summary stops counting here. */
const ORDERS_CAP = 100;

/** A postal address on lines of its own. */
export function Address({ address }: { address: AddressView | null }) {
  const { t } = useMessages();
  if (address === null) return <span>{t('ui.unknown')}</span>;
  const place = [address.postalCode, address.city, address.region].filter(Boolean).join(' ');
  const lines = [address.name, address.company, address.line1, address.line2, place, address.country].filter(Boolean);
  return <address className={classes.address}>{lines.join('\n')}</address>;
}

function sameAddress(a: AddressView | null, b: AddressView | null): boolean {
  return a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b);
}

/** Who ordered, where it goes. */
export function OrderCustomer({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const { order, customer } = page;
  const name = customer?.name ?? order.customerName ?? order.email ?? t('orders.guest');
  const email = order.email ?? customer?.email;
  const phone = order.phone ?? customer?.phone;
  return (
    <Section title={t('orders.customer')}>
      {customer === null ? (
        <p className={classes.dim}>{t('orders.noCustomer')}</p>
      ) : (
        <div className={classes.blockHead}>
          <Link href={`/customers/${customer.id}`} className={classes.strong}>
            {name}
          </Link>
          <span className={classes.dim}>
            {customer.orders >= ORDERS_CAP
              ? t('orders.customerOrdersMany')
              : t('orders.customerOrders', { count: customer.orders })}
            {customer.guest && ` · ${t('orders.guest')}`}
          </span>
        </div>
      )}
      <KeyValue
        items={[
          { label: t('orders.email'), value: email ? <CopyText value={email} /> : t('ui.unknown') },
          { label: t('orders.phone'), value: phone ? <CopyText value={phone} /> : t('ui.unknown') },
          { label: t('orders.shipTo'), value: <Address address={order.shipTo} /> },
          ...(order.promisedFrom && order.promisedBy
            ? [{ label: t('orders.promised'), value: <PromisedDays from={order.promisedFrom} by={order.promisedBy} /> }]
            : []),
          {
            label: t('orders.billTo'),
            value: sameAddress(order.shipTo, order.billTo) ? t('orders.sameAddress') : <Address address={order.billTo} />,
          },
        ]}
      />
    </Section>
  );
}

/** Tags as links to the list of orders that carry them. */
export function OrderTags({ tags, actions }: { tags: readonly string[]; actions?: ReactNode }) {
  const { t } = useMessages();
  return (
    <Section title={t('orders.tags')} actions={actions}>
      {tags.length === 0 && <span className={classes.dim}>{t('orders.noTags')}</span>}
      <div className={classes.tags}>
        {tags.map((tag) => (
          <Link key={tag} className={classes.tag} href={`/orders?tag=${encodeURIComponent(tag)}`}>
            {tag}
          </Link>
        ))}
      </div>
    </Section>
  );
}
