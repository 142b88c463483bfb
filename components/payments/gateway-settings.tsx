'use client';
import { Button } from '@mantine/core';
import { IconCheck, IconClockPause, IconHelp, IconPlugOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GatewayRow, MerchantGateways } from '../../server/views/payment-gateways.ts';
import settings from '../people/settings.module.css';
import { SettingsTabs } from '../people/settings-tabs.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { GatewayDialog } from './gateway-dialog.tsx';
import classes from './gateways.module.css';

/** Health is of this moment. */
const LOOK_AGAIN_MS = 15_000;
const HEALTH = {
  well: { tone: 'done', icon: IconCheck },
  silent: { tone: 'doubt', icon: IconHelp },
  away: { tone: 'blocked', icon: IconClockPause },
  not_connected: { tone: 'neutral', icon: IconPlugOff },
} as const;

/** Which gateways take whose payments, and how each of them does now. */
export function GatewaySettings() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const list = useQuery({ ...trpc.paymentGateways.list.queryOptions(), refetchInterval: LOOK_AGAIN_MS });
  const [editing, setEditing] = useState<MerchantGateways | null>(null);
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={classes.text}>{t('payments.routing.text')}</p>
        <Loaded data={list.data} error={shownError(list.error)} onRetry={() => void list.refetch()}>
          {({ gateways, merchants }) => (
            <>
              <Merchants merchants={merchants} onChange={setEditing} />
              <h2 className={classes.heading}>{t('payments.routing.gateways')}</h2>
              <Gateways gateways={gateways} />
              {editing && (
                <GatewayDialog key={editing.merchantId} merchant={editing} gateways={gateways} onClose={() => setEditing(null)} />
              )}
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Merchants({
  merchants,
  onChange,
}: {
  merchants: readonly MerchantGateways[];
  onChange: (merchant: MerchantGateways) => void;
}) {
  const { t } = useMessages();
  const columns: Column<MerchantGateways>[] = [
    { key: 'merchant', header: t('payments.merchant'), card: 'title', cell: (row) => row.merchantName },
    { key: 'order', header: t('payments.routing.order'), card: 'sub', cell: (row) => <Order merchant={row} /> },
    {
      key: 'change',
      header: t('ui.actions'),
      right: true,
      card: 'end',
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => onChange(row)}
          aria-label={t('payments.routing.changeNamed', { merchant: row.merchantName })}
        >
          {t('payments.routing.change')}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      embedded
      label={t('payments.routing.title')}
      columns={columns}
      rows={merchants}
      rowKey={(row) => row.merchantId}
      rowLabel={(row) => row.merchantName}
    />
  );
}

/** "1. Adyen · EUR, SEK", one under the other: the order in which they are asked. */
function Order({ merchant }: { merchant: MerchantGateways }) {
  const { t, word } = useMessages();
  if (merchant.gateways === null) return t('payments.routing.unsaid', { gateway: word('payments.gateways', 'card') });
  return (
    <ol className={classes.order}>
      {merchant.gateways.map(({ gateway, currencies, methods }) => (
        <li key={gateway}>
          {[
            word('payments.gateways', gateway),
            currencies?.join(', '),
            methods?.map((method) => word('payments.methods', method)).join(', '),
          ]
            .filter(Boolean)
            .join(' · ')}
        </li>
      ))}
    </ol>
  );
}

function Gateways({ gateways }: { gateways: readonly GatewayRow[] }) {
  const { t, word } = useMessages();
  const columns: Column<GatewayRow>[] = [
    { key: 'gateway', header: t('payments.routing.gateway'), card: 'title', cell: (row) => word('payments.gateways', row.name) },
    {
      key: 'methods',
      header: t('payments.routing.methods'),
      card: 'sub',
      cell: (row) => row.methods.map((method) => word('payments.methods', method)).join(', '),
    },
    {
      key: 'health',
      header: t('payments.routing.health'),
      card: 'end',
      cell: (row) => <Badge {...HEALTH[row.health]}>{t(`payments.routing.is.${row.health}`)}</Badge>,
    },
    { key: 'attempts', header: t('payments.routing.attempts'), right: true, cell: (row) => <Quantity value={row.attempts} /> },
    { key: 'declined', header: t('payments.routing.declined'), right: true, cell: (row) => <Quantity value={row.declined} /> },
    {
      key: 'unanswered',
      header: t('payments.routing.unanswered'),
      right: true,
      cell: (row) => <Quantity value={row.unanswered} />,
    },
    {
      key: 'answer',
      header: t('payments.routing.lastAnswer'),
      cell: (row) => (row.lastAnswerAt ? <TimeAgo at={row.lastAnswerAt} /> : t('ui.unknown')),
    },
  ];
  return (
    <DataTable
      embedded
      label={t('payments.routing.gateways')}
      columns={columns}
      rows={gateways}
      rowKey={(row) => row.name}
      rowLabel={(row) => word('payments.gateways', row.name)}
    />
  );
}
