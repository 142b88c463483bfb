import type { Metadata } from 'next';
import { Suspense } from 'react';
import { LevelsGrid } from '../../../components/stock/levels-grid.tsx';

export const metadata: Metadata = { title: 'Stock' };

export default function StockPage() {
  return (
    <Suspense>
      <LevelsGrid />
    </Suspense>
  );
}
