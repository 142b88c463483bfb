import type { Metadata } from 'next';
import { Suspense } from 'react';
import { StockList } from '../../../components/stock/stock-list.tsx';

export const metadata: Metadata = { title: 'Stock' };

export default function StockPage() {
  return (
    <Suspense>
      <StockList />
    </Suspense>
  );
}
