import type { Metadata } from 'next';
import { Suspense } from 'react';
import { RefundList } from '../../../components/payments/refund-list.tsx';

export const metadata: Metadata = { title: 'Refunds' };

export default function RefundsPage() {
  return (
    <Suspense>
      <RefundList />
    </Suspense>
  );
}
