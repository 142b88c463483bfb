import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Liabilities } from '../../../../components/gift-cards/liabilities-page.tsx';

export const metadata: Metadata = { title: 'Gift cards and credit owed' };

export default function LiabilitiesPage() {
  return (
    <Suspense>
      <Liabilities />
    </Suspense>
  );
}
