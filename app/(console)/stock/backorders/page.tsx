import type { Metadata } from 'next';
import { Suspense } from 'react';
import { BackorderList } from '../../../../components/backorders/backorder-list.tsx';

export const metadata: Metadata = { title: 'Backorders' };

export default function BackordersPage() {
  return (
    <Suspense>
      <BackorderList />
    </Suspense>
  );
}
