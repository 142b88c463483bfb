import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MerchantHome } from '../../../components/home/home-page.tsx';

export const metadata: Metadata = { title: 'Dashboard' };

export default function DashboardPage() {
  return (
    <Suspense>
      <MerchantHome />
    </Suspense>
  );
}
