'use client';
import { Button } from '@mantine/core';
import { IconCheck, IconPlayerPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ShippingMethodRow } from '../../server/views/shipping-methods.ts';
import settings from '../people/settings.module.css';
import { SettingsTabs } from '../people/settings-tabs.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { MethodDialog } from './method-dialog.tsx';
import classes from './shipping.module.css';
import { TaxRates } from './tax-rates.tsx';

/** The ways goods are sent: what customers are offered, for how much, and when it arrives. */
export function ShippingSettings() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const methods = useQuery(trpc.shippingMethods.list.queryOptions());
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const [editing, setEditing] = useState<ShippingMethodRow | 'new' | null>(null);
  const add = <Button onClick={() => setEditing('new')}>{t('shipping.add')}</Button>;
  const currencies = new Map((merchants.data ?? []).map((merchant) => [merchant.id, merchant.currency]));
  return (
    <>
      <PageHeader title={t('nav.settings')} primary={add} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={classes.text}>{t('shipping.text')}</p>
        <Loaded data={methods.data} error={shownError(methods.error)} onRetry={() => void methods.refetch()}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title={t('shipping.emptyTitle')} reason={t('shipping.empty')} action={add} />
            ) : (
              <Methods rows={rows} onOpen={setEditing} />
            )
          }
        </Loaded>
        <TaxRates />
      </div>
      {editing && (
        <MethodDialog
          key={editing === 'new' ? 'new' : editing.id}
          method={editing === 'new' ? null : editing}
          currencies={currencies}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

function Prices({ row }: { row: ShippingMethodRow }) {
  const { t } = useMessages();
  const format = useFormat();
  const price = (minor: number) => (minor === 0 ? t('shipping.free') : format.money(BigInt(minor), row.currency));
  const limit = (upTo: number) =>
    row.basis === 'weight' ? t('shipping.grams', { count: format.number(upTo) }) : format.money(BigInt(upTo), row.currency);
  return (
    <span className={classes.steps}>
      {row.tiers.map(({ upTo, priceMinor }) => (
        <span key={upTo ?? 'above'} className="wb-number">
          {upTo !== null
            ? t('shipping.upTo', { limit: limit(upTo), price: price(priceMinor) })
            : row.tiers.length > 1
              ? t('shipping.above', { price: price(priceMinor) })
              : price(priceMinor)}
        </span>
      ))}
    </span>
  );
}

function Methods({ rows, onOpen }: { rows: readonly ShippingMethodRow[]; onOpen: (row: ShippingMethodRow) => void }) {
  const { t } = useMessages();
  const several = new Set(rows.map((row) => row.merchantId)).size > 1;
  const columns: Column<ShippingMethodRow>[] = [
    { key: 'name', header: t('shipping.name'), cell: (row) => row.name, card: 'title' },
    { key: 'code', header: t('shipping.code'), cell: (row) => <span className="wb-mono">{row.code}</span> },
    ...(several ? [{ key: 'merchant', header: t('shipping.merchant'), cell: (row: ShippingMethodRow) => row.merchantName }] : []),
    {
      key: 'countries',
      header: t('shipping.countries'),
      cell: (row) =>
        [row.countries.join(', ') || t('shipping.everywhere'), row.postalPrefixes.join(', ')].filter(Boolean).join(' · '),
    },
    { key: 'prices', header: t('shipping.prices'), cell: (row) => <Prices row={row} />, card: 'sub' },
    {
      key: 'days',
      header: t('shipping.days'),
      cell: (row) =>
        row.minDays === row.maxDays
          ? t('shipping.workingDay', { count: row.minDays })
          : t('shipping.workingDays', { min: row.minDays, max: row.maxDays }),
    },
    {
      key: 'state',
      header: t('shipping.state'),
      cell: (row) => (
        <Badge tone={row.active ? 'done' : 'neutral'} icon={row.active ? IconCheck : IconPlayerPause}>
          {t(row.active ? 'shipping.offered' : 'shipping.paused')}
        </Badge>
      ),
      card: 'endSub',
    },
    {
      key: 'change',
      header: t('ui.actions'),
      right: true,
      card: 'end',
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onOpen(row)}
          aria-label={t('shipping.editTitle', { name: row.name })}
        >
          {t('shipping.change')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      embedded
      label={t('shipping.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.name}
    />
  );
}
