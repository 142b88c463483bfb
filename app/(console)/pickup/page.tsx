import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PickupDesk } from '../../../components/pickups/pickup-desk.tsx';

export const metadata: Metadata = { title: 'Pick-up desk' };

export default function PickupPage() {
  return (
    <Suspense>
      <PickupDesk />
    </Suspense>
  );
}
