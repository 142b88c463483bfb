'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ProductPage } from '../../server/views/products.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { EditProductDialog } from './product-dialogs.tsx';

function Details({ product }: { product: ProductPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const stock = `/stock/${encodeURIComponent(product.code)}?merchant=${product.merchantId}`;
  return (
    <Section title={t('products.details')}>
      <KeyValue
        items={[
          {
            label: t('products.price'),
            value: <span className="wb-number">{format.price(product.price, product.currency)}</span>,
          },
          { label: t('products.taxClass'), value: product.taxClass },
          { label: t('products.weight'), value: t('products.grams', { count: product.weightGrams }) },
          { label: t('products.barcode'), value: product.barcode ? <CopyText value={product.barcode} mono /> : t('ui.unknown') },
          {
            label: t('products.available'),
            value: product.stocked ? (
              <Link href={stock}>
                <Quantity value={product.available} />
              </Link>
            ) : (
              t('products.notStocked')
            ),
          },
          { label: t('products.created'), value: <TimeAgo at={product.createdAt} exact /> },
          { label: t('products.updated'), value: <TimeAgo at={product.updatedAt} /> },
        ]}
      />
    </Section>
  );
}

function Body({ product }: { product: ProductPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const overlay = useOverlay(['edit']);
  const code = encodeURIComponent(product.code);
  const metadata = Object.entries(product.metadata);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('products.title'), href: '/products' }]}
      title={<CopyText value={product.code} what={t('products.code')} />}
      badges={<StatusBadge kind="active" value={product.active ? 'on' : 'off'} />}
      sub={`${product.name} · ${product.merchantName}`}
      primary={
        powers.may('products.edit') && (
          <ActionButton label={t('actions.product.edit')} keys="e" onClick={() => overlay.show('edit')} />
        )
      }
      menu={product.stocked ? [{ label: t('products.openStock'), href: `/stock/${code}?merchant=${product.merchantId}` }] : []}
    />
  );
  return (
    <DetailLayout header={header} aside={<Details product={product} />}>
      <Section title={t('products.description')}>
        <p>{product.description ?? t('products.noDescription')}</p>
      </Section>
      {metadata.length > 0 && (
        <Section title={t('products.metadata')}>
          <KeyValue
            items={metadata.map(([label, value]) => ({
              label,
              value: typeof value === 'string' ? value : JSON.stringify(value),
            }))}
          />
        </Section>
      )}
      {product.others.length > 0 && (
        <Section title={t('products.others')}>
          {product.others.map((other) => (
            <p key={other.merchantId}>
              <Link href={`/products/${code}?merchant=${other.merchantId}`}>{other.merchantName}</Link>
            </p>
          ))}
        </Section>
      )}
      {overlay.open === 'edit' && powers.may('products.edit') && <EditProductDialog product={product} onClose={overlay.close} />}
    </DetailLayout>
  );
}

/** One SKU. `merchantId` picks the merchant where several use the code. */
export function ProductDetail(props: { code: string; merchantId: string | undefined }) {
  const trpc = useTRPC();
  const product = useQuery(trpc.products.get.queryOptions(props));
  const id = product.data?.id;
  useLive(id ? [`sku:${id}`] : [], { queryKeys: [trpc.products.get.queryKey(props)] });
  return (
    <Loaded data={product.data} error={shownError(product.error)} onRetry={() => void product.refetch()} lines={8}>
      {(found) => <Body product={found} />}
    </Loaded>
  );
}
