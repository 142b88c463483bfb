import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MoveMoney } from '../../../../../components/wallet/move-money.tsx';

export const metadata: Metadata = { title: 'Ask for money' };

export default function RequestPage() {
  return (
    <Suspense>
      <MoveMoney kind="ask" />
    </Suspense>
  );
}
