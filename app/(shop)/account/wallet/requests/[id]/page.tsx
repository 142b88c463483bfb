import type { Metadata } from 'next';
import { Suspense } from 'react';
import { MoneyRequestDetail } from '../../../../../../components/wallet/request-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Request for money' };

export default async function MoneyRequestPage({ params }: Props) {
  const { id } = await params;
  return (
    <Suspense>
      <MoneyRequestDetail id={decodeURIComponent(id)} />
    </Suspense>
  );
}
