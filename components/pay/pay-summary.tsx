'use client';
import type { PayTenders } from '../../server/api/pay-tenders.ts';
import type { CheckoutPage } from '../../server/views/checkouts.ts';
import { ProductPicture } from '../shop/product-picture.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';
import { totalsOf } from './pay-terms.ts';

/** What of a checkout has a price. */
type Priced = Pick<CheckoutPage, 'lines' | 'quote' | 'currency' | 'pricesIncludeTax'> &
  Partial<Pick<PayTenders, 'tenders' | 'cardMinor'>>;

function Figures({ page, option }: { page: Priced; option: string | null }) {
  const { t } = useMessages();
  const format = useFormat();
  const totals = totalsOf(page, option);
  if (!totals) return <p className={classes.dim}>{t('pay.totalLater')}</p>;
  const money = (amount: bigint) => format.money(amount, page.currency);
  const rows = [
    { label: t('pay.subtotal'), text: money(totals.subtotalMinor) },
    ...(page.quote?.options.length
      ? [{ label: t('pay.shipping'), text: totals.shippingMinor === 0n ? t('pay.free') : money(totals.shippingMinor) }]
      : []),
    ...(page.pricesIncludeTax ? [] : [{ label: t('pay.tax'), text: money(totals.taxMinor) }]),
  ];
  return (
    <dl className={classes.figures}>
      {rows.map(({ label, text }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      <div className={classes.total}>
        <dt>{t('pay.total')}</dt>
        <dd>{money(totals.totalMinor)}</dd>
      </div>
      {page.tenders?.map((tender) => (
        <div key={`${tender.type}${tender.id}`}>
          <dt>
            {tender.type === 'gift_card'
              ? t('pay.tenders.cardEnding', { last4: tender.last4 ?? '' })
              : t(`pay.tenders.${tender.type}`)}
          </dt>
          <dd>{money(-tender.amountMinor)}</dd>
        </div>
      ))}
      {page.tenders && page.tenders.length > 0 && page.cardMinor != null && (
        <div className={classes.total}>
          <dt>{t('pay.tenders.byCard')}</dt>
          <dd>{money(page.cardMinor)}</dd>
        </div>
      )}
      {page.pricesIncludeTax && totals.taxMinor > 0n && (
        <div className={classes.dim}>
          <dt>{t('pay.taxIncluded')}</dt>
          <dd>{money(totals.taxMinor)}</dd>
        </div>
      )}
    </dl>
  );
}

/** What is bought and what it costs: the server's own figures, to the cent. */
export function PaySummary({ page, option }: { page: Priced; option: string | null }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <section className={classes.summary} aria-label={t('pay.summary')}>
      <ul className={classes.lines}>
        {page.lines.map((line) => {
          const quoted = page.quote?.lines.find((candidate) => candidate.sku === line.sku);
          const total = quoted && (page.pricesIncludeTax ? quoted.totalMinor : quoted.totalMinor - quoted.taxMinor);
          return (
            <li key={line.sku}>
              <span className={classes.thumb}>
                <ProductPicture sku={line.sku} name={line.name} />
              </span>
              <span className={classes.lineName}>
                {line.name}
                <span className={classes.dim}>{t('pay.times', { count: line.quantity })}</span>
              </span>
              {total !== undefined && <span className="wb-number">{format.money(total, page.currency)}</span>}
            </li>
          );
        })}
      </ul>
      <Figures page={page} option={option} />
    </section>
  );
}
