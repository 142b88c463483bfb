import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Withdraw } from '../../../../../components/rails/withdraw.tsx';

export const metadata: Metadata = { title: 'Withdraw' };

export default function WithdrawPage() {
  return (
    <Suspense>
      <Withdraw />
    </Suspense>
  );
}
