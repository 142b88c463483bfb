import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MyOrderList } from '../../../../components/track/my-order-list.tsx';

export const metadata: Metadata = { title: 'My orders' };

export default function MyOrdersPage() {
  return (
    <Suspense>
      <MyOrderList />
    </Suspense>
  );
}
