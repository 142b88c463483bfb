import type { Metadata } from 'next';
import { Suspense } from 'react';
import { RequestList } from '../../../components/partners/request-list.tsx';

export const metadata: Metadata = { title: 'Partner requests' };

export default function PartnersPage() {
  return (
    <Suspense>
      <RequestList />
    </Suspense>
  );
}
