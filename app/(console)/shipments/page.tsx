import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ShipmentList } from '../../../components/shipments/shipment-list.tsx';

export const metadata: Metadata = { title: 'Shipments' };

export default function ShipmentsPage() {
  return (
    <Suspense>
      <ShipmentList />
    </Suspense>
  );
}
