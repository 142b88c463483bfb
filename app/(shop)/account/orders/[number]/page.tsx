import type { Metadata } from 'next';
import { MyOrderDetail } from '../../../../../components/track/my-order-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function MyOrderPage({ params }: Props) {
  return <MyOrderDetail number={decodeURIComponent((await params).number)} />;
}
