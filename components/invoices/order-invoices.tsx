'use client';
import { useQuery } from '@tanstack/react-query';
import { useLive } from '../live.tsx';
import { PrintLink } from '../print-link.tsx';
import { useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { signed } from './invoice-sums.ts';
import classes from './invoices.module.css';

/** The order's invoices and credit notes, each as a link to its paper; nothing where none was issued. */
export function OrderInvoices({ orderId }: { orderId: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const input = { orderId };
  const invoices = useQuery(trpc.invoices.ofOrder.queryOptions(input));
  useLive([`order:${orderId}`], { queryKeys: [trpc.invoices.ofOrder.queryKey(input)] });
  if (!invoices.data?.length) return null;
  return (
    <Section title={t('invoices.documents')}>
      <ul className={classes.list}>
        {invoices.data.map((row) => (
          <li key={row.id} className={classes.row}>
            <span className={classes.name}>
              <PrintLink kind="invoices" number={row.number} />
              <span className={classes.dim}>
                {t(`invoices.kind.${row.kind}`)} · <TimeAgo at={row.issuedAt} />
              </span>
              {row.corrects.length > 0 && (
                <span className={classes.dim}>{t('invoices.takesBack', { numbers: row.corrects.join(', ') })}</span>
              )}
            </span>
            <Money amountMinor={signed(row.kind, row.totalMinor)} currency={row.currency} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
