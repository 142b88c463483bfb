import type { Metadata } from 'next';
import { ShopProductPage } from '../../../../components/shop/product-page.tsx';

interface Props {
  readonly params: Promise<{ sku: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const sku = decodeURIComponent((await params).sku);
  return { title: sku, description: `Buy ${sku} in the shop.` };
}

export default async function ProductPage({ params }: Props) {
  return <ShopProductPage handle={decodeURIComponent((await params).sku)} />;
}
