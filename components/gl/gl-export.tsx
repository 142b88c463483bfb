'use client';
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { GlTotal } from '../../server/views/gl/postings.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money, Quantity } from '../ui/money.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import classes from './gl.module.css';
import { useGlPeriod } from './gl-period.ts';

/** A period, what it adds up to, and its file. */
export function GlExport({ merchantChoice }: { merchantChoice: ReactNode }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [period, setPeriod] = useGlPeriod();
  const { from, to, detail, currency, merchant } = period;
  const ready = from !== '' && to !== '' && from <= to;
  const totals = useQuery({
    ...trpc.gl.totals.queryOptions({ from, to, currency: null, merchantId: merchant }),
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  const shown = (totals.data ?? []).filter((row) => currency === null || row.currency === currency);
  const sound = shown.every((row) => row.debitMinor === row.creditMinor);
  const query = new URLSearchParams({ from, to, detail, ...(currency ? { currency } : {}), ...(merchant ? { merchant } : {}) });
  return (
    <Section title={t('gl.export')}>
      <p className={classes.text}>{t('gl.exportText')}</p>
      <div className={classes.fields}>
        <TextInput
          type="date"
          label={t('gl.from')}
          value={from}
          onChange={(event) => void setPeriod({ from: event.currentTarget.value })}
          required
        />
        <TextInput
          type="date"
          label={t('gl.to')}
          value={to}
          error={ready || from === '' || to === '' ? undefined : t('gl.endsFirst')}
          onChange={(event) => void setPeriod({ to: event.currentTarget.value })}
          required
        />
        <Select
          label={t('gl.currency')}
          placeholder={t('gl.everyCurrency')}
          data={[...new Set([...(totals.data ?? []).map((row) => row.currency), ...(currency ? [currency] : [])])]}
          value={currency}
          onChange={(value) => void setPeriod({ currency: value })}
          clearable
          clearButtonProps={{ 'aria-label': t('gl.everyCurrency') }}
        />
        {merchantChoice}
      </div>
      <div className={classes.detail}>
        <SegmentedControl
          aria-label={t('gl.detail')}
          value={detail}
          onChange={(value) => void setPeriod({ detail: value === 'summary' ? 'summary' : 'journal' })}
          data={[
            { value: 'journal', label: t('gl.journal') },
            { value: 'summary', label: t('gl.summary') },
          ]}
        />
        {ready && sound && shown.length > 0 ? (
          <Button
            component="a"
            href={`/api/exports/general-ledger.csv?${query}`}
            download
            leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}
          >
            {t('gl.download')}
          </Button>
        ) : (
          <Button disabled leftSection={<IconDownload size={16} stroke={1.75} aria-hidden />}>
            {t('gl.download')}
          </Button>
        )}
      </div>
      {!sound && (
        <Bar tone="blocked" title={t('gl.unbalancedTitle')}>
          {t('gl.unbalanced')}
        </Bar>
      )}
      <Loaded data={ready ? totals.data : []} error={shownError(totals.error)} onRetry={() => void totals.refetch()}>
        {() =>
          shown.length === 0 ? (
            <EmptyState compact title={t('gl.nothingTitle')} reason={t('gl.nothing')} />
          ) : (
            <Totals rows={shown} />
          )
        }
      </Loaded>
    </Section>
  );
}

function Totals({ rows }: { rows: readonly GlTotal[] }) {
  const { t } = useMessages();
  return (
    <DataTable
      embedded
      label={t('gl.totals')}
      rows={rows}
      rowKey={(row) => row.currency}
      rowLabel={(row) => row.currency}
      columns={[
        { key: 'currency', header: t('gl.currency'), card: 'title', cell: (row) => row.currency },
        {
          key: 'transfers',
          header: t('gl.transfers'),
          right: true,
          cell: (row) => <Quantity value={row.transfers} />,
        },
        {
          key: 'debit',
          header: t('ledger.debits'),
          right: true,
          card: 'end',
          cell: (row) => <Money amountMinor={row.debitMinor} currency={row.currency} />,
        },
        {
          key: 'credit',
          header: t('ledger.credits'),
          right: true,
          cell: (row) => <Money amountMinor={row.creditMinor} currency={row.currency} />,
        },
        {
          key: 'check',
          header: t('gl.check'),
          width: 120,
          card: 'endSub',
          cell: (row) => <StatusBadge kind="difference" value={row.debitMinor === row.creditMinor ? 'agreed' : 'open'} />,
        },
      ]}
    />
  );
}
