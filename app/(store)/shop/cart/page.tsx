import type { Metadata } from 'next';
import { CartPage } from '../../../../components/shop/cart-page.tsx';

export const metadata: Metadata = { title: 'Cart', description: 'What is in your cart, and what it costs now.' };

export default function ShopCartPage() {
  return <CartPage />;
}
