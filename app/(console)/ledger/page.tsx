import type { Metadata } from 'next';
import { Suspense } from 'react';
import { LedgerOverview } from '../../../components/ledger/ledger-page.tsx';

export const metadata: Metadata = { title: 'Ledger' };

export default function LedgerPage() {
  return (
    <Suspense>
      <LedgerOverview />
    </Suspense>
  );
}
