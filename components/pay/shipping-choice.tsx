'use client';
import type { CheckoutPage } from '../../server/views/checkouts.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';
import { promiseText } from './promise-text.ts';

/** The ways to send it, with what each costs and the day it arrives. */
export function ShippingChoice(props: {
  page: Pick<CheckoutPage, 'quote' | 'currency' | 'pricesIncludeTax'>;
  option: string | null;
  busy: boolean;
  onChoose: (code: string) => void;
}) {
  const { t, locale } = useMessages();
  const format = useFormat();
  const { page, option, busy, onChoose } = props;
  if (!page.quote) return <p className={classes.dim}>{t(busy ? 'pay.pricing' : 'pay.addressFirst')}</p>;
  const { options, lines } = page.quote;
  if (options.length === 0)
    return lines.some((line) => line.stocked) ? (
      <p className={classes.alert} role="alert">
        {t('pay.notDelivered')}
      </p>
    ) : (
      <p className={classes.dim}>{t('pay.nothingSent')}</p>
    );
  return (
    <div role="radiogroup" aria-label={t('pay.shipping')} className={classes.options} aria-busy={busy}>
      {options.map((offer) => {
        const price = page.pricesIncludeTax ? offer.totalMinor : offer.totalMinor - offer.taxMinor;
        return (
          <label key={offer.code} className={classes.option} data-chosen={offer.code === option || undefined}>
            <input
              type="radio"
              name="shipping"
              value={offer.code}
              checked={offer.code === option}
              onChange={() => onChoose(offer.code)}
            />
            <span className={classes.optionText}>
              <span>{offer.name}</span>
              <span className={classes.dim}>
                {t('pay.arrives', { when: promiseText(offer.promisedFrom, offer.promisedBy, locale) })}
              </span>
            </span>
            <span className="wb-number">{price === 0 ? t('pay.free') : format.money(price, page.currency)}</span>
          </label>
        );
      })}
    </div>
  );
}
