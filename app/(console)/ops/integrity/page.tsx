import type { Metadata } from 'next';
import { Suspense } from 'react';
import { IntegrityPage } from '../../../../components/integrity/integrity-page.tsx';

export const metadata: Metadata = { title: 'Integrity' };

export default function OpsIntegrity() {
  return (
    <Suspense>
      <IntegrityPage />
    </Suspense>
  );
}
