'use client';
import type { PayPage } from '../../server/api/pay.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';

/** Sent, or fetched at a store that has everything. Where no store has, there is nothing to choose. */
export function WayChoice(props: {
  page: Pick<PayPage, 'stores' | 'pickup'>;
  busy: boolean;
  onChoose: (nodeId: string | null) => void;
}) {
  const { t } = useMessages();
  const { page, busy, onChoose } = props;
  if (page.stores.length === 0 && page.pickup === null) return null;
  const gone = page.pickup && !page.stores.some(({ nodeId }) => nodeId === page.pickup?.nodeId);
  const stores = gone && page.pickup ? [{ ...page.pickup, address: '' }, ...page.stores] : page.stores;
  const way = (value: string | null, title: string, text: string | null) => (
    <label key={value ?? 'send'} className={classes.option} data-chosen={(page.pickup?.nodeId ?? null) === value || undefined}>
      <input
        type="radio"
        name="way"
        value={value ?? 'send'}
        checked={(page.pickup?.nodeId ?? null) === value}
        onChange={() => onChoose(value)}
      />
      <span className={classes.optionText}>
        <span>{title}</span>
        {text && <span className={classes.dim}>{text}</span>}
      </span>
    </label>
  );
  return (
    <section className={classes.section}>
      <h2>{t('pay.getIt')}</h2>
      <div role="radiogroup" aria-label={t('pay.getIt')} className={classes.options} aria-busy={busy}>
        {way(null, t('pay.sendIt'), null)}
        {stores.map(({ nodeId, name, address }) =>
          way(nodeId, t('pay.fetchAt', { store: name }), [address, t('pay.fetchFree')].filter(Boolean).join(' · ')),
        )}
      </div>
    </section>
  );
}
