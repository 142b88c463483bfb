import type { Metadata } from 'next';
import { OrderDetail } from '../../../../components/orders/order-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function OrderPage({ params }: Props) {
  return <OrderDetail number={decodeURIComponent((await params).number)} />;
}
