'use client';
import { useQuery } from '@tanstack/react-query';
import { useQueryState } from 'nuqs';
import type { ShopListing, ShopMerchant } from '../../server/views/shop.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import { ProductCard } from './product-card.tsx';
import classes from './shop.module.css';

const SKELETONS = Array.from({ length: 8 }, (_, index) => index);

function Shelf({ products }: { products: readonly ShopListing[] }) {
  return (
    <ul className={classes.shelf}>
      {products.map((product) => (
        <ProductCard key={product.handle} product={product} />
      ))}
    </ul>
  );
}

/** Where the products will be, so that nothing jumps when they come. */
function EmptyShelf() {
  const { t } = useMessages();
  return (
    <div className={classes.shelf} role="status" aria-label={t('ui.loading')}>
      {SKELETONS.map((index) => (
        <span key={index} className={classes.skeleton} />
      ))}
    </div>
  );
}

function Shops(props: { merchants: readonly ShopMerchant[]; chosen: string | null; onChoose: (slug: string | null) => void }) {
  const { t } = useMessages();
  const choices = [{ slug: null, name: t('shop.all') }, ...props.merchants];
  return (
    <fieldset className={classes.shops}>
      <legend className="wb-visually-hidden">{t('shop.shops')}</legend>
      {choices.map(({ slug, name }) => (
        <button key={name} type="button" aria-pressed={props.chosen === slug} onClick={() => props.onChoose(slug)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}

/** The public shop's first page: everything that is for sale, of all shops or of one. */
export function ShopFront() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [shop, setShop] = useQueryState('from');
  const front = useQuery(trpc.shop.front.queryOptions());
  const merchants = front.data?.merchants ?? [];
  const chosen = merchants.some(({ slug }) => slug === shop) ? shop : null;
  const products = (front.data?.products ?? []).filter((product) => chosen === null || product.merchant === chosen);
  return (
    <>
      <div className={classes.hero}>
        <h1>{t('shop.heroTitle')}</h1>
        <p>{t('shop.heroText')}</p>
      </div>
      {merchants.length > 1 && <Shops merchants={merchants} chosen={chosen} onChoose={(slug) => void setShop(slug)} />}
      {front.data ? (
        products.length > 0 ? (
          <Shelf products={products} />
        ) : (
          <EmptyState title={t('shop.emptyTitle')} reason={t('shop.empty')} />
        )
      ) : front.error ? (
        <ErrorState error={shownError(front.error) ?? { kind: 'unexpected' }} onRetry={() => void front.refetch()} />
      ) : (
        <EmptyShelf />
      )}
    </>
  );
}
