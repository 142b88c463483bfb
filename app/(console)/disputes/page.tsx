import type { Metadata } from 'next';
import { Suspense } from 'react';
import { DisputeList } from '../../../components/disputes/dispute-list.tsx';

export const metadata: Metadata = { title: 'Disputes' };

export default function DisputesPage() {
  return (
    <Suspense>
      <DisputeList />
    </Suspense>
  );
}
