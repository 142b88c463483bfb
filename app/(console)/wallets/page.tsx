import type { Metadata } from 'next';
import { Suspense } from 'react';
import { WalletList } from '../../../components/wallets/wallet-list.tsx';

export const metadata: Metadata = { title: 'Wallets' };

export default function WalletsPage() {
  return (
    <Suspense>
      <WalletList />
    </Suspense>
  );
}
