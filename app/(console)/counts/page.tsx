import type { Metadata } from 'next';
import { Suspense } from 'react';
import { CountList } from '../../../components/counts/count-list.tsx';

export const metadata: Metadata = { title: 'Counts' };

export default function CountsPage() {
  return (
    <Suspense>
      <CountList />
    </Suspense>
  );
}
