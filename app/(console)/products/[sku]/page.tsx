import type { Metadata } from 'next';
import { ProductDetail } from '../../../../components/products/product-page.tsx';

interface Props {
  readonly params: Promise<{ sku: string }>;
  readonly searchParams: Promise<{ merchant?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).sku) };
}

export default async function ProductPage({ params, searchParams }: Props) {
  const { merchant } = await searchParams;
  return (
    <ProductDetail
      code={decodeURIComponent((await params).sku)}
      merchantId={typeof merchant === 'string' ? merchant : undefined}
    />
  );
}
