import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ReadyQueue } from '../../../../components/shipments/ready-queue.tsx';

export const metadata: Metadata = { title: 'Queue' };

export default function QueuePage() {
  return (
    <Suspense>
      <ReadyQueue />
    </Suspense>
  );
}
