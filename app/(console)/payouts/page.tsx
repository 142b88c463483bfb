import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PayoutsPage } from '../../../components/payouts/payouts-page.tsx';

export const metadata: Metadata = { title: 'Payouts' };

export default function Payouts() {
  return (
    <Suspense>
      <PayoutsPage />
    </Suspense>
  );
}
