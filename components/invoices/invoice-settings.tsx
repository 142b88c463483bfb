'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InvoiceProfileRow } from '../../server/views/invoices.ts';
import settings from '../people/settings.module.css';
import { SettingsTabs } from '../people/settings-tabs.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './invoices.module.css';
import { ProfileDialog } from './profile-dialog.tsx';

/** Who sells, as each merchant's invoices say. */
export function InvoiceSettings() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const profiles = useQuery(trpc.invoices.profiles.queryOptions());
  const [editing, setEditing] = useState<InvoiceProfileRow | null>(null);
  const columns: Column<InvoiceProfileRow>[] = [
    { key: 'merchant', header: t('invoices.merchant'), card: 'title', cell: (row) => row.merchantName },
    { key: 'seller', header: t('invoices.seller'), card: 'sub', cell: (row) => row.legalName ?? t('invoices.none') },
    { key: 'taxNumber', header: t('invoices.taxNumber'), cell: (row) => row.taxNumber ?? t('ui.unknown') },
    {
      key: 'prefix',
      header: t('invoices.prefix'),
      cell: (row) => (row.prefix ? <span className="wb-mono">{row.prefix}</span> : t('ui.unknown')),
    },
    { key: 'since', header: t('invoices.since'), cell: (row) => (row.since ? <TimeAgo at={row.since} /> : t('ui.unknown')) },
    {
      key: 'change',
      header: t('ui.actions'),
      right: true,
      card: 'end',
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => setEditing(row)}
          aria-label={t(row.version === null ? 'invoices.beginNamed' : 'invoices.changeNamed', { merchant: row.merchantName })}
        >
          {t(row.version === null ? 'invoices.begin' : 'invoices.change')}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <SettingsTabs />
      <div className={settings.page}>
        <p className={classes.text}>{t('invoices.settingsText')}</p>
        <Loaded data={profiles.data} error={shownError(profiles.error)} onRetry={() => void profiles.refetch()}>
          {(rows) => (
            <DataTable
              embedded
              label={t('invoices.settings')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.merchantId}
              rowLabel={(row) => row.merchantName}
            />
          )}
        </Loaded>
      </div>
      {editing && <ProfileDialog key={editing.merchantId} profile={editing} onClose={() => setEditing(null)} />}
    </>
  );
}
