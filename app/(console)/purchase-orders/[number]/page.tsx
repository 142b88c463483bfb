import type { Metadata } from 'next';
import { PurchaseOrderDetail } from '../../../../components/purchasing/purchase-order-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function PurchaseOrderPage({ params }: Props) {
  return <PurchaseOrderDetail number={decodeURIComponent((await params).number)} />;
}
