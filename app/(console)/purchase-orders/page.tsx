import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PurchaseOrderList } from '../../../components/purchasing/purchase-order-list.tsx';

export const metadata: Metadata = { title: 'Purchase orders' };

export default function PurchaseOrdersPage() {
  return (
    <Suspense>
      <PurchaseOrderList />
    </Suspense>
  );
}
