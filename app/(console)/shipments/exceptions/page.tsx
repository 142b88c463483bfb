import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ExceptionList } from '../../../../components/shipments/exception-list.tsx';

export const metadata: Metadata = { title: 'Exceptions' };

export default function ExceptionsPage() {
  return (
    <Suspense>
      <ExceptionList />
    </Suspense>
  );
}
