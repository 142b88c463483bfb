import type { Metadata } from 'next';
import { Suspense } from 'react';
import { TopUp } from '../../../../../components/rails/top-up.tsx';

export const metadata: Metadata = { title: 'Top up' };

export default function TopUpPage() {
  return (
    <Suspense>
      <TopUp />
    </Suspense>
  );
}
