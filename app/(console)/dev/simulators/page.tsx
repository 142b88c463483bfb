import type { Metadata } from 'next';
import { Suspense } from 'react';
import { SimulatorsPage } from '../../../../components/simulators/simulators-page.tsx';

export const metadata: Metadata = { title: 'Simulators' };

export default function DevSimulators() {
  return (
    <Suspense>
      <SimulatorsPage />
    </Suspense>
  );
}
