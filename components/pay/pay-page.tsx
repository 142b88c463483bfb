'use client';
import type { PayPage } from '../../server/api/pay.ts';
import { LookSwitches } from '../shop/shop-shell.tsx';
import { shownError } from '../trpc.tsx';
import { Mark, PRODUCT_NAME } from '../ui/brand.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import classes from './pay.module.css';
import { PayForm } from './pay-form.tsx';
import { Over, Paid, Paying } from './pay-outcome.tsx';
import { useCheckout } from './use-checkout.ts';

function Where({ page, token, checkout }: { page: PayPage; token: string; checkout: ReturnType<typeof useCheckout> }) {
  switch (page.state) {
    case 'open':
      return <PayForm page={page} checkout={checkout} />;
    case 'paying':
      return <Paying page={page} checkout={checkout} />;
    case 'paid':
      return <Paid page={page} token={token} />;
    case 'expired':
    case 'cancelled':
      return <Over page={page} />;
  }
}

/** The hosted checkout behind a link. Loaded again at any moment, it shows where the payment is. */
export function PayPageView({ token }: { token: string }) {
  const { t } = useMessages();
  const checkout = useCheckout(token);
  const page = checkout.query.data;
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.bar}>
          <span className={classes.brand}>
            <Mark size={24} />
            <span>{page?.merchantName ?? PRODUCT_NAME}</span>
          </span>
          <span className={classes.tools}>
            <LookSwitches />
          </span>
        </div>
      </header>
      <main className={classes.main}>
        {page?.state === 'open' && <h1 className={classes.title}>{t('pay.title')}</h1>}
        <Loaded data={page} error={shownError(checkout.query.error)} onRetry={() => void checkout.query.refetch()} lines={8}>
          {(found) => <Where page={found} token={token} checkout={checkout} />}
        </Loaded>
      </main>
    </div>
  );
}
