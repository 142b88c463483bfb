'use client';
import Link from 'next/link';
import type { ShopListing } from '../../server/views/shop.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { ProductPicture } from './product-picture.tsx';
import classes from './shop.module.css';

/** Below this people are told to hurry, truthfully. */
const FEW = 5;

/** Whether it can be had, in words; in colour only besides. */
export function StockLine({ available }: { available: number }) {
  const { t } = useMessages();
  if (available === 0) return <span className={classes.soldOut}>{t('shop.soldOut')}</span>;
  if (available <= FEW) return <span className={classes.few}>{t('shop.few', { count: available })}</span>;
  return <span className={classes.inStock}>{t('shop.inStock')}</span>;
}

/** One product on the shelf. */
export function ProductCard({ product }: { product: ShopListing }) {
  const format = useFormat();
  const soldOut = product.available === 0;
  return (
    <li className={classes.card} data-sold-out={soldOut || undefined}>
      <Link href={`/shop/${encodeURIComponent(product.handle)}`} className={classes.cardLink}>
        <span className={classes.cardPicture}>
          <ProductPicture sku={product.sku} name={product.name} />
        </span>
        <span className={classes.cardName}>{product.name}</span>
      </Link>
      <span className={classes.cardLine}>
        <span className={classes.cardPrice}>{format.price(product.price, product.currency)}</span>
        {(soldOut || product.available <= FEW) && <StockLine available={product.available} />}
      </span>
      <span className={classes.cardShop}>{product.merchantName}</span>
    </li>
  );
}
