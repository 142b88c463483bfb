import type { Metadata } from 'next';
import { Suspense } from 'react';
import { LowStockPage } from '../../../../components/replenishment/low-stock-page.tsx';

export const metadata: Metadata = { title: 'Low stock' };

export default function StockLowPage() {
  return (
    <Suspense>
      <LowStockPage />
    </Suspense>
  );
}
