import type { Metadata } from 'next';
import { Suspense } from 'react';
import { InDoubtList } from '../../../../components/payments/in-doubt-list.tsx';

export const metadata: Metadata = { title: 'In doubt' };

export default function InDoubtPage() {
  return (
    <Suspense>
      <InDoubtList />
    </Suspense>
  );
}
