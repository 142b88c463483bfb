'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { StockPolicyRow } from '../../server/views/stock-policies.ts';
import settings from '../people/settings.module.css';
import { SettingsTabs } from '../people/settings-tabs.tsx';
import { usePowers } from '../powers.ts';
import shipping from '../shipping/shipping.module.css';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { StockPolicyDialog } from './stock-policy-dialog.tsx';

function usePolicyColumns(onOpen: ((row: StockPolicyRow) => void) | null): Column<StockPolicyRow>[] {
  const { t } = useMessages();
  return [
    { key: 'merchant', header: t('stockPolicy.merchant'), cell: (row) => row.merchantName, card: 'title' },
    {
      key: 'over',
      header: t('stockPolicy.over'),
      cell: (row) => t('stockPolicy.percent', { count: row.overReceiptPercent }),
    },
    {
      key: 'count',
      header: t('stockPolicy.countLimit'),
      cell: (row) =>
        row.countLimitUnits === null
          ? t('stockPolicy.byWorth')
          : t('stockPolicy.fromUnits', { count: Number(row.countLimitUnits) }),
    },
    {
      key: 'days',
      header: t('stockPolicy.warning'),
      cell: (row) => t('stockPolicy.days', { count: row.expiryWarningDays }),
      card: 'sub',
    },
    {
      key: 'low',
      header: t('stockPolicy.low'),
      cell: (row) => t(row.lowCountsInbound ? 'stockPolicy.withInbound' : 'stockPolicy.withoutInbound'),
    },
    { key: 'cart', header: t('stockPolicy.cart'), cell: (row) => t('stockPolicy.minutes', { count: row.cartMinutes }) },
    ...(onOpen
      ? [
          {
            key: 'change',
            header: t('ui.actions'),
            right: true,
            card: 'end' as const,
            cell: (row: StockPolicyRow) => (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={t('stockPolicy.changeNamed', { merchant: row.merchantName })}
                onClick={() => onOpen(row)}
              >
                {t('stockPolicy.change')}
              </Button>
            ),
          },
        ]
      : []),
  ];
}

const PER_SKU = [
  ['withSafety', '/stock'],
  ['withBackorder', '/stock/backorders'],
  ['withReorderPoint', '/stock/low'],
  ['withChannelRule', '/stock'],
] as const;

/** What is set SKU by SKU: how many have it, and where. */
function PerSku({ rows }: { rows: readonly StockPolicyRow[] }) {
  const { t } = useMessages();
  const columns: Column<StockPolicyRow>[] = [
    { key: 'merchant', header: t('stockPolicy.merchant'), cell: (row) => row.merchantName, card: 'title' },
    ...PER_SKU.map(
      ([key, href], index): Column<StockPolicyRow> => ({
        key,
        header: t(`stockPolicy.${key}`),
        right: true,
        card: index === 0 ? 'end' : undefined,
        cell: (row) => (
          <Link href={href}>
            <Quantity value={row[key]} />
          </Link>
        ),
      }),
    ),
  ];
  return (
    <>
      <h2 className={shipping.heading}>{t('stockPolicy.perSku')}</h2>
      <p className={shipping.text}>{t('stockPolicy.perSkuText')}</p>
      <DataTable
        embedded
        label={t('stockPolicy.perSku')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.merchantId}
        rowLabel={(row) => row.merchantName}
      />
    </>
  );
}

/** How merchants look after their stock. */
export function StockSettings() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const policies = useQuery(trpc.stockPolicies.list.queryOptions());
  const [editing, setEditing] = useState<string | null>(null);
  const may = powers.may('stockPolicies.save');
  const columns = usePolicyColumns(may ? (row) => setEditing(row.merchantId) : null);
  const open = policies.data?.find((row) => row.merchantId === editing);
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={shipping.text}>{t('stockPolicy.text')}</p>
        <Loaded data={policies.data} error={shownError(policies.error)} onRetry={() => void policies.refetch()}>
          {(rows) => (
            <>
              <DataTable
                embedded
                label={t('stockPolicy.title')}
                columns={columns}
                rows={rows}
                rowKey={(row) => row.merchantId}
                rowLabel={(row) => row.merchantName}
              />
              <PerSku rows={rows} />
            </>
          )}
        </Loaded>
      </div>
      {open && <StockPolicyDialog key={`${open.merchantId} ${open.version}`} policy={open} onClose={() => setEditing(null)} />}
    </>
  );
}
