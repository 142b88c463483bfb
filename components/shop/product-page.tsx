'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { ShopProduct } from '../../server/views/shop.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { addToCart, MOST_OF_ONE, useCart } from './cart.ts';
import { ProductCard, StockLine } from './product-card.tsx';
import { ProductPicture } from './product-picture.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import classes from './shop.module.css';

function Buy({ product }: { product: ShopProduct }) {
  const { t } = useMessages();
  const [quantity, setQuantity] = useState(1);
  const [added, setAdded] = useState(false);
  const inCart = useCart().find((line) => line.handle === product.handle)?.quantity ?? 0;
  const left = Math.min(product.available, MOST_OF_ONE) - inCart;
  if (product.available === 0) return <p className={classes.note}>{t('shop.soldOutText')}</p>;
  return (
    <>
      <div className={classes.buy}>
        <QuantityStepper
          value={Math.min(quantity, Math.max(1, left))}
          max={Math.max(1, left)}
          name={product.name}
          onChange={setQuantity}
        />
        <Button
          className={classes.big}
          disabled={left <= 0}
          onClick={() => {
            addToCart(product.handle, Math.min(quantity, left));
            setQuantity(1);
            setAdded(true);
          }}
        >
          {t('shop.add')}
        </Button>
      </div>
      <div role="status" className={classes.added}>
        {inCart > 0 && (
          <>
            <span>{t(left <= 0 ? 'shop.allInCart' : added ? 'shop.added' : 'shop.inCart', { count: inCart })}</span>
            <Link href="/shop/cart">{t('shop.toCart')}</Link>
          </>
        )}
      </div>
    </>
  );
}

function Product({ product }: { product: ShopProduct }) {
  const { t } = useMessages();
  const format = useFormat();
  const weight =
    product.weightGrams >= 1_000
      ? t('shop.kilograms', { weight: format.number(product.weightGrams / 1_000) })
      : t('shop.grams', { weight: format.number(product.weightGrams) });
  return (
    <>
      <article className={classes.product}>
        <div className={classes.picture}>
          <ProductPicture sku={product.sku} name={product.name} />
        </div>
        <div className={classes.details}>
          <Link href={`/shop?from=${product.merchant}`} className={classes.maker}>
            {product.merchantName}
          </Link>
          <h1>{product.name}</h1>
          <p className={classes.price}>
            {format.price(product.price, product.currency)}{' '}
            <small>{t(product.pricesIncludeTax ? 'shop.withTax' : 'shop.withoutTax')}</small>
          </p>
          <StockLine available={product.available} />
          {product.description && <p className={classes.description}>{product.description}</p>}
          <Buy product={product} />
          <dl className={classes.facts}>
            <div>
              <dt>{t('shop.sku')}</dt>
              <dd>{product.sku}</dd>
            </div>
            {product.weightGrams > 0 && (
              <div>
                <dt>{t('shop.weight')}</dt>
                <dd>{weight}</dd>
              </div>
            )}
            <div>
              <dt>{t('shop.delivery')}</dt>
              <dd>{t('shop.deliveryText')}</dd>
            </div>
          </dl>
        </div>
      </article>
      {product.others.length > 0 && (
        <section className={classes.others}>
          <h2>{t('shop.moreFrom', { merchant: product.merchantName })}</h2>
          <ul className={classes.shelf}>
            {product.others.map((other) => (
              <ProductCard key={other.handle} product={other} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** One product of the public shop. */
export function ShopProductPage({ handle }: { handle: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const product = useQuery(trpc.shop.product.queryOptions({ handle }));
  return (
    <>
      <nav aria-label={t('ui.breadcrumb')} className={classes.crumbs}>
        <Link href="/shop">{t('shop.backToShop')}</Link>
      </nav>
      <Loaded data={product.data} error={shownError(product.error)} onRetry={() => void product.refetch()} lines={8}>
        {(found) => <Product key={found.handle} product={found} />}
      </Loaded>
    </>
  );
}
