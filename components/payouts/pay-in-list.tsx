'use client';
import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { PayInView } from '../../server/views/rails.ts';
import { listProps } from '../list-page.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import type { ListView } from '../ui/list-toolbar.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';

const FILTERS = ['view'] as const;
const REST_MS = 200;

/** Transfers that named no top up, oldest first. */
export function PayInList({ views }: { views: readonly ListView[] }) {
  const { t, word } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const list = useQuery({
    ...trpc.payouts.payIns.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  const count = useQuery(trpc.payouts.countPayIns.queryOptions());
  const [giving, setGiving] = useState<PayInView | null>(null);
  const columns: Column<PayInView>[] = [
    { key: 'written', header: t('payouts.written'), card: 'title', cell: (row) => row.written || t('ui.unknown') },
    { key: 'why', header: t('payouts.why'), card: 'sub', cell: (row) => word('payouts.whys', row.why ?? '') },
    { key: 'customer', header: t('wallets.customer'), cell: (row) => customerLink(row) ?? t('ui.unknown') },
    { key: 'at', header: t('payouts.came'), card: 'endSub', cell: (row) => <TimeAgo at={row.firstAt} /> },
    {
      key: 'assign',
      header: t('payouts.assign'),
      card: 'actions',
      cell: (row) =>
        row.waits ? (
          <Link href="/approvals">{t('payouts.waits')}</Link>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => setGiving(row)}>
            {t('payouts.assign')}
          </Button>
        ),
    },
    {
      key: 'amount',
      header: t('payments.amount'),
      right: true,
      card: 'end',
      cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} withCode />,
    },
  ];
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={<PageHeader title={t('payouts.title')} count={count.data} />}
        label={t('payouts.views.unknown')}
        columns={columns}
        rowKey={(row) => row.bankRef}
        rowLabel={(row) => row.written}
        views={views}
        empty={{ title: t('payouts.noneUnknownTitle'), reason: t('payouts.noneUnknown') }}
      />
      {giving && <AssignDialog payIn={giving} onClose={() => setGiving(null)} />}
    </>
  );
}

function customerLink({ customerId, customerName }: PayInView) {
  return customerId === null ? null : <Link href={`/customers/${customerId}`}>{customerName ?? customerId}</Link>;
}

function AssignDialog({ payIn, onClose }: { payIn: PayInView; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [typed, setTyped] = useState(payIn.customerName ?? '');
  const [walletId, setWallet] = useState<string | null>(null);
  const [q] = useDebouncedValue(typed.trim(), REST_MS);
  const found = useQuery({
    ...trpc.wallets.list.queryOptions({ q: q || undefined, currency: payIn.currency, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  const assign = useMutation(
    trpc.payouts.assignPayIn.mutationOptions({
      onSuccess: ({ approvalId }) => {
        toast.success(
          approvalId === null
            ? { message: t('payouts.assigned', { amount }), link: { href: `/wallets/${walletId}`, label: t('ui.show') } }
            : { message: t('payouts.assignAsked', { amount }), link: { href: '/approvals', label: t('ui.show') } },
        );
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.payouts.pathFilter()),
    }),
  );
  const amount = format.money(payIn.amountMinor, payIn.currency);
  const options = (found.data?.items ?? []).map((wallet) => ({
    value: wallet.id,
    label: [wallet.customerName, wallet.email].filter(Boolean).join(', '),
  }));
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('payouts.assignTitle')}
      preview={<p>{t('payouts.assignEffect', { amount })}</p>}
      reason={{ required: true }}
      verb={t('payouts.assignVerb', { amount })}
      blocked={walletId === null ? t('payouts.chooseWallet') : null}
      error={shownError(assign.error)}
      busy={assign.isPending}
      onConfirm={(note) => walletId && assign.mutate(request.keyed({ bankRef: payIn.bankRef, walletId, note }))}
    >
      <p>{t('payouts.saysText', { text: payIn.written || t('ui.unknown') })}</p>
      <Select
        label={t('payouts.wallet')}
        description={t('payouts.walletHint')}
        searchable
        data={options}
        filter={({ options: all }) => all}
        searchValue={typed}
        onSearchChange={setTyped}
        value={walletId}
        onChange={setWallet}
        required
      />
    </EffectDialog>
  );
}
