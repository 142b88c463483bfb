'use client';
import { useState } from 'react';
import type { PayPage } from '../../server/api/pay.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './pay.module.css';

const SENT = 'send';

/** Sent, or fetched at a store that has everything. Where no store has, there is nothing to choose. */
export function WayChoice(props: {
  page: Pick<PayPage, 'stores' | 'pickup'>;
  busy: boolean;
  /** Fails where it could not be kept. */
  onChoose: (nodeId: string | null) => Promise<unknown>;
}) {
  const { t } = useMessages();
  const { page, busy, onChoose } = props;
  // What was pressed is shown at once, until the page says the same; what it costs follows.
  const [pressed, setPressed] = useState<string | null>(null);
  const kept = page.pickup?.nodeId ?? SENT;
  if (pressed === kept && !busy) setPressed(null);
  const chosen = pressed ?? kept;
  const press = (value: string) => {
    setPressed(value);
    onChoose(value === SENT ? null : value).catch(() => setPressed((newest) => (newest === value ? null : newest)));
  };
  if (page.stores.length === 0 && page.pickup === null) return null;
  const gone = page.pickup && !page.stores.some(({ nodeId }) => nodeId === page.pickup?.nodeId);
  const stores = gone && page.pickup ? [{ ...page.pickup, address: '' }, ...page.stores] : page.stores;
  const way = (value: string, title: string, text: string | null) => (
    <label key={value} className={classes.option} data-chosen={chosen === value || undefined}>
      <input type="radio" name="way" value={value} checked={chosen === value} onChange={() => press(value)} />
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
        {way(SENT, t('pay.sendIt'), null)}
        {stores.map(({ nodeId, name, address }) =>
          way(nodeId, t('pay.fetchAt', { store: name }), [address, t('pay.fetchFree')].filter(Boolean).join(' · ')),
        )}
      </div>
    </section>
  );
}
