import type { Metadata } from 'next';
import { WaitingOrderPage } from '../../../components/backorders/waiting-page.tsx';

interface Props {
  readonly params: Promise<{ token: string }>;
}

export const metadata: Metadata = { title: 'Your order', robots: { index: false } };

export default async function WaitingPage({ params }: Props) {
  return <WaitingOrderPage token={decodeURIComponent((await params).token)} />;
}
