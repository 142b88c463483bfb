import type { Metadata } from 'next';
import { ShippingSettings } from '../../../../components/shipping/shipping-settings.tsx';

export const metadata: Metadata = { title: 'Shipping' };

export default function ShippingPage() {
  return <ShippingSettings />;
}
