'use client';
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { GlAccounts } from './gl-accounts.tsx';
import { GlExport } from './gl-export.tsx';
import { useGlPeriod } from './gl-period.ts';

/** The books for the accountant: a period as a file, and how our accounts are called there. */
export function GeneralLedger() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const merchants = useQuery(trpc.people.merchants.queryOptions());
  const [{ merchant }, setPeriod] = useGlPeriod();
  const me = useQuery(trpc.auth.me.queryOptions());
  const own = me.data?.role === 'merchant' ? merchants.data?.[0]?.id : undefined;
  const chosen = own ?? merchant;
  const choice = own === undefined && (merchants.data?.length ?? 0) > 0 && (
    <Select
      label={t('gl.merchant')}
      placeholder={t('gl.everyMerchant')}
      data={(merchants.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      value={merchant}
      onChange={(value) => void setPeriod({ merchant: value })}
      clearable
      clearButtonProps={{ 'aria-label': t('gl.everyMerchant') }}
      searchable
    />
  );
  return (
    <DetailLayout header={<PageHeader title={t('gl.title')} />}>
      <GlExport merchantChoice={choice} />
      <GlAccounts
        key={chosen ?? ''}
        merchantId={chosen}
        merchantName={merchants.data?.find(({ id }) => id === chosen)?.name ?? ''}
      />
    </DetailLayout>
  );
}
