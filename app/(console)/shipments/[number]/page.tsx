import type { Metadata } from 'next';
import { ShipmentDetail } from '../../../../components/shipments/shipment-page.tsx';

interface Props {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

export default async function ShipmentPage({ params }: Props) {
  return <ShipmentDetail number={decodeURIComponent((await params).number)} />;
}
