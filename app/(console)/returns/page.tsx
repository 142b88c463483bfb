import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ReturnList } from '../../../components/returns/return-list.tsx';

export const metadata: Metadata = { title: 'Returns' };

export default function ReturnsPage() {
  return (
    <Suspense>
      <ReturnList />
    </Suspense>
  );
}
