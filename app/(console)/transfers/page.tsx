import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TransferList } from '../../../components/transfers/transfer-list.tsx';

export const metadata: Metadata = { title: 'Transfers' };

export default function TransfersPage() {
  return (
    <Suspense>
      <TransferList />
    </Suspense>
  );
}
