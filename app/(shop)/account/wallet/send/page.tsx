import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MoveMoney } from '../../../../../components/wallet/move-money.tsx';

export const metadata: Metadata = { title: 'Send money' };

export default function SendPage() {
  return (
    <Suspense>
      <MoveMoney kind="send" />
    </Suspense>
  );
}
