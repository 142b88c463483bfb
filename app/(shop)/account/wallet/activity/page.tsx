import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ActivityPage } from '../../../../../components/wallet/activity-page.tsx';

export const metadata: Metadata = { title: 'Activity' };

export default function WalletActivityPage() {
  return (
    <Suspense>
      <ActivityPage />
    </Suspense>
  );
}
