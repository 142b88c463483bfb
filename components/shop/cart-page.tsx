'use client';
import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import { lineTotalMinor, parseDecimal } from '../../server/kernel/money.ts';
import type { ShopListing } from '../../server/views/shop.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { ErrorState, LoadingLines } from '../ui/states.tsx';
import styles from './cart.module.css';
import { type CartLine, forgetHeld, heldCheckouts, MOST_OF_ONE, removeFromCart, setQuantity, useCart } from './cart.ts';
import { CheckOutButton } from './check-out-button.tsx';
import { StockLine } from './product-card.tsx';
import { ProductPicture } from './product-picture.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import classes from './shop.module.css';

interface Known extends CartLine {
  readonly product: ShopListing;
}

const totalOf = ({ product, quantity }: Known): bigint =>
  lineTotalMinor(parseDecimal(product.price) ?? 0n, quantity, product.currency);

function Line({ line }: { line: Known }) {
  const { t } = useMessages();
  const format = useFormat();
  const { product, quantity } = line;
  const short = quantity > product.available;
  return (
    <li className={styles.cartLine}>
      <Link href={`/shop/${encodeURIComponent(product.handle)}`} className={styles.cartPicture} tabIndex={-1} aria-hidden>
        <ProductPicture sku={product.sku} name={product.name} />
      </Link>
      <div className={styles.cartText}>
        <Link href={`/shop/${encodeURIComponent(product.handle)}`} className={classes.cardName}>
          {product.name}
        </Link>
        <span className={classes.dimmed}>{format.price(product.price, product.currency)}</span>
        {short && product.available > 0 && <span className={classes.few}>{t('shop.tooMany', { count: product.available })}</span>}
        {product.available === 0 && <StockLine available={0} />}
        <span className={styles.cartTools}>
          {product.available > 0 && (
            <QuantityStepper
              value={quantity}
              max={Math.min(product.available, MOST_OF_ONE)}
              name={product.name}
              onChange={(value) => setQuantity(product.handle, value)}
            />
          )}
          <button
            type="button"
            className={styles.remove}
            aria-label={t('shop.removeName', { name: product.name })}
            onClick={() => removeFromCart([product.handle])}
          >
            <IconX size={14} aria-hidden /> {t('shop.remove')}
          </button>
        </span>
      </div>
      <span className={styles.cartTotal}>
        <Money amountMinor={totalOf(line)} currency={product.currency} />
      </span>
    </li>
  );
}

/** The lines of one shop: it sends and charges on its own. */
function ShopCart({ lines, several }: { lines: readonly Known[]; several: boolean }) {
  const { t } = useMessages();
  const first = lines[0]?.product;
  if (!first) return null;
  const subtotal = lines.reduce((sum, line) => sum + totalOf(line), 0n);
  const short = lines.some((line) => line.quantity > line.product.available);
  return (
    <section className={styles.shopCart} aria-label={first.merchantName}>
      <div>
        {several && <h2>{first.merchantName}</h2>}
        <ul className={styles.cartLines}>
          {lines.map((line) => (
            <Line key={line.handle} line={line} />
          ))}
        </ul>
      </div>
      <div className={styles.sum}>
        <div className={styles.sumLine}>
          <span>{t('shop.subtotal')}</span>
          <strong>
            <Money amountMinor={subtotal} currency={first.currency} />
          </strong>
        </div>
        <p className={classes.dimmed}>{t(first.pricesIncludeTax ? 'shop.sumWithTax' : 'shop.sumWithoutTax')}</p>
        <CheckOutButton lines={lines} blocked={short ? t('shop.fixFirst') : null} />
      </div>
    </section>
  );
}

/** Whoever is at the cart again does not keep from others, nor from themselves, what an earlier checkout held. */
function useLetGo(): void {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  useEffect(() => {
    const held = heldCheckouts();
    if (held.length === 0) return;
    const letGo = async (token: string): Promise<void> => {
      await client.pay.letGo.mutate({ token, idempotencyKey: newId() });
      forgetHeld(token);
    };
    // What could not be given back comes back by itself.
    void Promise.allSettled(held.map(letGo)).then(() => queryClient.invalidateQueries(trpc.shop.cart.queryFilter()));
  }, [client, queryClient, trpc]);
}

/** The cart: what is in it, what it costs now, and the way to pay. */
export function CartPage() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const cart = useCart();
  useLetGo();
  const handles = cart.map((line) => line.handle);
  const products = useQuery({
    ...trpc.shop.cart.queryOptions({ handles }),
    enabled: handles.length > 0,
    placeholderData: keepPreviousData,
  });
  const known = cart.flatMap((line): Known[] => {
    const product = products.data?.find(({ handle }) => handle === line.handle);
    return product ? [{ ...line, product }] : [];
  });
  const gone =
    products.data && !products.isPlaceholderData ? cart.filter((line) => !known.some((one) => one.handle === line.handle)) : [];
  const shops = [...new Set(known.map((line) => line.product.merchant))];
  return (
    <>
      <h1 className={styles.title}>{t('shop.yourCart')}</h1>
      {cart.length === 0 ? (
        <div className={styles.emptyCart}>
          <p>{t('shop.cartEmpty')}</p>
          <Button component={Link} href="/shop" className={classes.big}>
            {t('shop.lookAround')}
          </Button>
        </div>
      ) : products.data ? (
        <>
          {gone.length > 0 && (
            <p className={classes.note} role="status">
              {t('shop.gone', { count: gone.length })}{' '}
              <button type="button" className={styles.remove} onClick={() => removeFromCart(gone.map((line) => line.handle))}>
                {t('shop.remove')}
              </button>
            </p>
          )}
          {shops.length > 1 && <p className={classes.note}>{t('shop.severalShops')}</p>}
          {shops.map((shop) => (
            <ShopCart key={shop} lines={known.filter((line) => line.product.merchant === shop)} several={shops.length > 1} />
          ))}
        </>
      ) : products.error ? (
        <ErrorState error={shownError(products.error) ?? { kind: 'unexpected' }} onRetry={() => void products.refetch()} />
      ) : (
        <LoadingLines lines={6} />
      )}
    </>
  );
}
