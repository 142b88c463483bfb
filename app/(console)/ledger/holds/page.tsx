import type { Metadata } from 'next';
import { Suspense } from 'react';
import { HoldList } from '../../../../components/ledger/hold-list.tsx';

export const metadata: Metadata = { title: 'Open holds' };

export default function HoldsPage() {
  return (
    <Suspense>
      <HoldList />
    </Suspense>
  );
}
