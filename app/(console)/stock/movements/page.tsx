import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MovementList } from '../../../../components/stock/movement-list.tsx';

export const metadata: Metadata = { title: 'Movements' };

export default function MovementsPage() {
  return (
    <Suspense>
      <MovementList />
    </Suspense>
  );
}
