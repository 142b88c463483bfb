import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ReconciliationList } from '../../../components/reconciliation/reconciliation-list.tsx';

export const metadata: Metadata = { title: 'Reconciliation' };

export default function ReconciliationPage() {
  return (
    <Suspense>
      <ReconciliationList />
    </Suspense>
  );
}
