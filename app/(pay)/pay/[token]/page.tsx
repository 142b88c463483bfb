import type { Metadata } from 'next';
import { PayPageView } from '../../../../components/pay/pay-page.tsx';

interface Props {
  readonly params: Promise<{ token: string }>;
}

export const metadata: Metadata = {
  title: 'Checkout',
  description: 'Pay for your order by card.',
  referrer: 'same-origin',
};

export default async function PayPage({ params }: Props) {
  return <PayPageView token={decodeURIComponent((await params).token)} />;
}
