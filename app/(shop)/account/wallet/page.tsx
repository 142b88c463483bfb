import type { Metadata } from 'next';
import { Suspense } from 'react';
import { WalletHome } from '../../../../components/wallet/wallet-home.tsx';

export const metadata: Metadata = { title: 'Wallet' };

export default function WalletPage() {
  return (
    <Suspense>
      <WalletHome />
    </Suspense>
  );
}
