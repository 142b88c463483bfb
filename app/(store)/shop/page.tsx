import type { Metadata } from 'next';
import { ShopFront } from '../../../components/shop/shop-front.tsx';

export const metadata: Metadata = {
  title: 'Shop',
  description: 'Good things from small shops: choose, pay by card, and follow the parcel to your door.',
};

export default function ShopPage() {
  return <ShopFront />;
}
