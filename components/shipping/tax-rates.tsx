'use client';
import { useQuery } from '@tanstack/react-query';
import type { TaxRateRow } from '../../server/views/shipping-methods.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import classes from './shipping.module.css';

/** The rate table: what the tax seam's own adapter answers with. */
export function TaxRates() {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const rates = useQuery(trpc.shippingMethods.taxRates.queryOptions());
  const columns: Column<TaxRateRow>[] = [
    { key: 'merchant', header: t('shipping.merchant'), cell: (row) => row.merchantName, card: 'sub' },
    { key: 'country', header: t('shipping.country'), cell: (row) => row.country, card: 'title' },
    {
      key: 'class',
      header: t('shipping.taxClass'),
      cell: (row) => <span className="wb-mono">{row.taxClass}</span>,
      card: 'endSub',
    },
    { key: 'rate', header: t('shipping.rate'), right: true, cell: (row) => format.percent(row.rate), card: 'end' },
  ];
  return (
    <>
      <h2 className={classes.heading}>{t('shipping.taxes')}</h2>
      <p className={classes.text}>{t('shipping.taxesText')}</p>
      <Loaded data={rates.data} error={shownError(rates.error)} onRetry={() => void rates.refetch()}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t('shipping.taxes')} reason={t('shipping.noTaxes')} />
          ) : (
            <DataTable
              embedded
              label={t('shipping.taxes')}
              columns={columns}
              rows={rows}
              rowKey={(row) => `${row.merchantId}${row.country}${row.taxClass}`}
              rowLabel={(row) => `${row.country} ${row.taxClass}`}
            />
          )
        }
      </Loaded>
    </>
  );
}
