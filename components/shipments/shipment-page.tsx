'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ShipmentPage } from '../../server/views/shipments.ts';
import { useLive } from '../live.tsx';
import { Address } from '../orders/order-customer.tsx';
import { ShipmentContents, ShipmentFacts, ShipmentUpdates } from '../orders/order-shipments.tsx';
import { PrintButton } from '../print-link.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { useParcelMenu } from './parcel-actions.tsx';
import { Parcels } from './parcels.tsx';
import { UpdateButton } from './update-dialog.tsx';

function Body({ page }: { page: ShipmentPage }) {
  const { t } = useMessages();
  const { shipment, order } = page;
  const { menu, dialog } = useParcelMenu(page);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('shipments.title'), href: '/shipments' }]}
      title={<CopyText value={shipment.number} what={t('shipments.number')} />}
      badges={<StatusBadge kind="shipment" value={shipment.status} />}
      secondary={
        <>
          <PrintButton kind="packing-slips" number={shipment.number} label={t('shipments.printSlip')} />
          {shipment.updates.some((update) => update.proof) && (
            <PrintButton kind="proofs" number={shipment.number} label={t('parcels.printProof')} />
          )}
        </>
      }
      primary={<UpdateButton page={page} />}
      menu={menu}
      sub={
        <>
          <Link href={`/orders/${order.number}`}>{order.number}</Link> · {order.merchantName}
        </>
      }
    />
  );
  const aside = (
    <>
      <Section title={t('shipments.facts')}>
        <ShipmentFacts shipment={shipment} />
      </Section>
      <Section title={t('orders.shipTo')}>
        <Address address={order.shipTo} />
      </Section>
    </>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      {dialog}
      <Parcels shipment={shipment} />
      <Section title={t('shipments.contents')}>
        <ShipmentContents shipment={shipment} />
      </Section>
      <Section title={t('shipments.updates')}>
        {shipment.updates.length === 0 && <EmptyState compact title={t('shipments.updates')} reason={t('shipments.noUpdates')} />}
        <ShipmentUpdates shipment={shipment} />
      </Section>
    </DetailLayout>
  );
}

/** One shipment by its number. */
export function ShipmentDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const shipment = useQuery(trpc.shipments.get.queryOptions({ number }));
  const orderId = shipment.data?.order.id;
  useLive(orderId ? [`order:${orderId}`] : [], { queryKeys: [trpc.shipments.get.queryKey({ number })] });
  return (
    <Loaded data={shipment.data} error={shownError(shipment.error)} onRetry={() => void shipment.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
