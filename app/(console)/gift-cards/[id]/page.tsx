import type { Metadata } from 'next';
import { GiftCardDetail } from '../../../../components/gift-cards/gift-card-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Gift card' };

export default async function GiftCardPage({ params }: Props) {
  return <GiftCardDetail id={decodeURIComponent((await params).id)} />;
}
