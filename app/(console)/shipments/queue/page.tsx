import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PickQueue } from '../../../../components/shipments/pick-queue.tsx';

export const metadata: Metadata = { title: 'Queue' };

export default function QueuePage() {
  return (
    <Suspense>
      <PickQueue />
    </Suspense>
  );
}
