import type { Metadata } from 'next';
import { Suspense } from 'react';
import { WalletDetailPage } from '../../../../components/wallets/wallet-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Wallet' };

export default async function WalletPage({ params }: Props) {
  const { id } = await params;
  return (
    <Suspense>
      <WalletDetailPage id={decodeURIComponent(id)} />
    </Suspense>
  );
}
