'use client';
import { Button, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import type { PayoutView } from '../../server/views/rails.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import type { ListView } from '../ui/list-toolbar.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { PayDialog } from './pay-dialog.tsx';

const FILTERS = ['view'] as const;
const NOBODY = '00000000-0000-7000-8000-000000000000';

function useColumns(): Column<PayoutView>[] {
  const { t } = useMessages();
  return [
    {
      key: 'account',
      header: t('payouts.account'),
      card: 'title',
      cell: (row) => `${row.holder}, ${row.country} … ${row.last4}`,
    },
    { key: 'status', header: t('orders.status'), card: 'sub', cell: (row) => <StatusBadge kind="payout" value={row.status} /> },
    { key: 'reason', header: t('payouts.reason'), cell: (row) => row.reason ?? t('ui.unknown') },
    { key: 'at', header: t('payouts.requested'), card: 'endSub', cell: (row) => <TimeAgo at={row.createdAt} /> },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} withCode />,
    },
  ];
}

/** What a merchant was paid, newest first, and what may be paid now. */
export function MerchantPayouts({ views }: { views: readonly ListView[] }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const [chosen, choose] = useQueryState('merchant', parseAsString);
  const [paying, setPaying] = useState(false);
  const merchants = useQuery(trpc.payouts.merchants.queryOptions());
  const merchant = merchants.data?.find(({ id }) => id === chosen) ?? merchants.data?.[0];
  const merchantId = merchant?.id;
  const input = { merchantId: merchantId ?? NOBODY, after: url.after ?? undefined };
  const list = useQuery({
    ...trpc.payouts.list.queryOptions(input),
    enabled: merchantId !== undefined,
    placeholderData: keepPreviousData,
  });
  const owed = useQuery({
    ...trpc.payouts.owed.queryOptions({ merchantId: merchantId ?? NOBODY }),
    enabled: merchantId !== undefined,
  });
  useLive(['payout', 'approval'], { queryKeys: [trpc.payouts.pathKey()] });
  return (
    <>
      <DataList
        {...listProps(list, url)}
        {...(merchants.error ? { error: shownError(merchants.error), onRetry: () => void merchants.refetch() } : {})}
        header={
          <PageHeader
            title={t('payouts.title')}
            sub={owed.data?.owed.map((one) => (
              <span key={one.currency} style={{ marginInlineEnd: 16 }}>
                {t('payouts.available')} <Money amountMinor={one.availableMinor} currency={one.currency} withCode />
              </span>
            ))}
            primary={
              merchantId && (
                <Button onClick={() => setPaying(true)} disabled={!owed.data}>
                  {t('payouts.pay')}
                </Button>
              )
            }
          />
        }
        label={t('payouts.views.merchants')}
        columns={useColumns()}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.holder}
        views={views}
        toolbarEnd={
          <Select
            aria-label={t('payouts.merchant')}
            size="xs"
            data={(merchants.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={merchantId ?? null}
            onChange={(value) => void choose(value)}
            allowDeselect={false}
          />
        }
        empty={{ title: t('payouts.noneTitle'), reason: t('payouts.none') }}
      />
      {paying && merchant && owed.data && (
        <PayDialog merchant={merchant} owed={owed.data.owed} accounts={owed.data.accounts} onClose={() => setPaying(false)} />
      )}
    </>
  );
}
