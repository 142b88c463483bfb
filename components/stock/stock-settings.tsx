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
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { StockPolicyDialog } from './stock-policy-dialog.tsx';

/** What is set SKU by SKU, and where. */
const PER_SKU = [
  ['withSafety', '/stock'],
  ['withBackorder', '/stock/backorders'],
  ['withReorderPoint', '/stock/low'],
  ['withChannelRule', '/stock'],
] as const;

function Policy({ row, onChange }: { row: StockPolicyRow; onChange: (() => void) | null }) {
  const { t } = useMessages();
  const format = useFormat();
  const limit = row.countLimitUnits;
  const change = onChange && (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t('stockPolicy.changeNamed', { merchant: row.merchantName })}
      onClick={onChange}
    >
      {t('stockPolicy.change')}
    </Button>
  );
  return (
    <Section title={row.merchantName} {...(change ? { actions: change } : {})}>
      <KeyValue
        items={[
          { label: t('stockPolicy.over'), value: t('stockPolicy.percent', { count: row.overReceiptPercent }) },
          {
            label: t('stockPolicy.countLimit'),
            value: limit === null ? t('stockPolicy.byWorth') : t('stockPolicy.fromUnits', { count: Number(limit) }),
          },
          { label: t('stockPolicy.warning'), value: t('stockPolicy.days', { count: row.expiryWarningDays }) },
          {
            label: t('stockPolicy.low'),
            value: t(row.lowCountsInbound ? 'stockPolicy.withInbound' : 'stockPolicy.withoutInbound'),
          },
          { label: t('stockPolicy.cart'), value: t('stockPolicy.minutes', { count: row.cartMinutes }) },
          ...PER_SKU.map(([key, href]) => ({
            label: t(`stockPolicy.${key}`),
            value: <Link href={href}>{t('stockPolicy.skus', { count: row[key], number: format.number(row[key]) })}</Link>,
          })),
        ]}
      />
    </Section>
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
  const open = policies.data?.find((row) => row.merchantId === editing);
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={shipping.text}>{t('stockPolicy.text')}</p>
        <Loaded data={policies.data} error={shownError(policies.error)} onRetry={() => void policies.refetch()}>
          {(rows) =>
            rows.map((row) => <Policy key={row.merchantId} row={row} onChange={may ? () => setEditing(row.merchantId) : null} />)
          }
        </Loaded>
      </div>
      {open && <StockPolicyDialog key={`${open.merchantId} ${open.version}`} policy={open} onClose={() => setEditing(null)} />}
    </>
  );
}
