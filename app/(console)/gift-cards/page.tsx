import type { Metadata } from 'next';
import { Suspense } from 'react';
import { GiftCardList } from '../../../components/gift-cards/gift-card-list.tsx';

export const metadata: Metadata = { title: 'Gift cards' };

export default function GiftCardListPage() {
  return (
    <Suspense>
      <GiftCardList />
    </Suspense>
  );
}
