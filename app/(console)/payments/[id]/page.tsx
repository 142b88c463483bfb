import type { Metadata } from 'next';
import { PaymentDetail } from '../../../../components/payments/payment-page.tsx';

interface Props {
  readonly params: Promise<{ id: string }>;
}

export const metadata: Metadata = { title: 'Payment' };

export default async function PaymentPage({ params }: Props) {
  return <PaymentDetail id={decodeURIComponent((await params).id)} />;
}
