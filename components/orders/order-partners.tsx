'use client';
import type { OrderPage } from '../../server/views/order.ts';
import { RequestNote } from '../partners/request-list.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './order-page.module.css';

/** What partners were asked to send of the order; nothing where nobody was. */
export function OrderRequests({ page }: { page: OrderPage }) {
  const { t, word } = useMessages();
  if (page.requests.length === 0) return null;
  return (
    <Section title={t('partners.title')} count={page.requests.length}>
      <ul className={classes.blocks}>
        {page.requests.map((request) => (
          <li key={request.id} className={classes.block}>
            <div className={classes.blockHead}>
              <span className={classes.strong}>{request.nodeName}</span>
              <StatusBadge kind="request" value={request.status} />
            </div>
            <KeyValue
              items={[
                { label: t('partners.kind'), value: word('partners.kinds', request.kind) },
                { label: t('partners.units'), value: String(request.units) },
                { label: t('partners.asked'), value: <TimeAgo at={request.createdAt} /> },
                { label: t('partners.answered'), value: <TimeAgo at={request.answeredAt} /> },
                { label: t('partners.due'), value: <TimeAgo at={request.dueAt} /> },
                { label: t('partners.note'), value: <RequestNote request={request} /> },
              ]}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Where the customer fetches the order; nothing where it is sent. */
export function OrderPickup({ page }: { page: OrderPage }) {
  const { t } = useMessages();
  const { pickup } = page;
  if (!pickup) return null;
  return (
    <Section title={t('pickups.section')}>
      <KeyValue
        items={[
          { label: t('shipments.status'), value: <StatusBadge kind="pickup" value={pickup.status} /> },
          { label: t('shipments.node'), value: pickup.nodeName },
          { label: t('pickups.readyAt'), value: <TimeAgo at={pickup.readyAt} /> },
          { label: t('pickups.until'), value: <TimeAgo at={pickup.collectBy} /> },
          { label: t('pickups.collectedAt'), value: <TimeAgo at={pickup.collectedAt} /> },
        ]}
      />
    </Section>
  );
}
