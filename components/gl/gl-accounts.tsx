'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { PLATFORM_KINDS } from '../../server/domains/gl/rules.ts';
import type { GlRow } from '../../server/views/gl/mappings.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import classes from './gl.module.css';
import { GlAccountDialog } from './gl-account-dialog.tsx';

/** How each kind of account is called in the accountant's books: for everybody, or for one merchant. */
export function GlAccounts({ merchantId, merchantName }: { merchantId: string | null; merchantName: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { may } = usePowers();
  const accounts = useQuery(trpc.gl.accounts.queryOptions({ merchantId }));
  const [editing, setEditing] = useState<GlRow | null>(null);
  const columns: Column<GlRow>[] = [
    { key: 'kind', header: t('gl.kind'), card: 'title', cell: (row) => t(`gl.kinds.${row.kind}`) },
    {
      key: 'number',
      header: t('gl.number'),
      width: 120,
      card: 'sub',
      cell: (row) => <span className="wb-mono">{row.account.number}</span>,
    },
    { key: 'name', header: t('gl.name'), cell: (row) => row.account.name },
    { key: 'from', header: t('gl.origin'), width: 200, card: 'endSub', cell: (row) => t(`gl.origins.${row.from}`) },
    {
      key: 'change',
      header: t('ui.actions'),
      right: true,
      card: 'end',
      width: 110,
      cell: (row) => {
        const kept = merchantId !== null && PLATFORM_KINDS.has(row.kind);
        return (
          <Button
            size="compact-sm"
            variant="default"
            disabled={kept || !may('gl.save')}
            title={kept ? t('gl.platforms') : undefined}
            onClick={() => setEditing(row)}
            aria-label={t('gl.changeOf', { kind: t(`gl.kinds.${row.kind}`) })}
          >
            {t('gl.change')}
          </Button>
        );
      },
    },
  ];
  return (
    <Section title={merchantId === null ? t('gl.accounts') : t('gl.accountsOf', { merchant: merchantName })}>
      <p className={classes.text}>{t(merchantId === null ? 'gl.accountsText' : 'gl.accountsOfText')}</p>
      <Loaded data={accounts.data} error={shownError(accounts.error)} onRetry={() => void accounts.refetch()}>
        {(rows) => (
          <DataTable
            embedded
            label={t('gl.accounts')}
            rows={rows}
            rowKey={(row) => row.kind}
            rowLabel={(row) => t(`gl.kinds.${row.kind}`)}
            columns={columns}
          />
        )}
      </Loaded>
      {editing && <GlAccountDialog key={editing.kind} row={editing} merchantId={merchantId} onClose={() => setEditing(null)} />}
    </Section>
  );
}
