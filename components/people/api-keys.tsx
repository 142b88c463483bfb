'use client';
import { Anchor, Button } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { ApiKeyDialog } from './api-key-dialog.tsx';
import classes from './settings.module.css';
import { SettingsTabs } from './settings-tabs.tsx';

interface KeyShown {
  readonly id: string;
  readonly merchantName: string;
  readonly name: string;
  readonly mode: 'test' | 'live';
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** The keys that programs use: make one, see which is used, end one. */
export function ApiKeys() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const keys = useQuery(trpc.people.apiKeys.queryOptions());
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<KeyShown | null>(null);
  const create = <Button onClick={() => setCreating(true)}>{t('people.keys.create')}</Button>;
  return (
    <>
      <PageHeader title={t('nav.settings')} primary={create} />
      <SettingsTabs />
      <div className={classes.page}>
        <p className={classes.text}>
          {t('people.keys.text')}{' '}
          <Anchor href="/api/v1/docs" underline="always">
            {t('people.keys.reference')}
          </Anchor>
        </p>
        <Loaded data={keys.data} error={shownError(keys.error)} onRetry={() => void keys.refetch()}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title={t('people.keys.empty')} reason={t('people.keys.emptyText')} action={create} />
            ) : (
              <KeyTable rows={rows} onRevoke={setRevoking} />
            )
          }
        </Loaded>
      </div>
      {creating && <ApiKeyDialog onClose={() => setCreating(false)} />}
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

function KeyTable({ rows, onRevoke }: { rows: readonly KeyShown[]; onRevoke: (key: KeyShown) => void }) {
  const { t } = useMessages();
  const columns: Column<KeyShown>[] = [
    { key: 'name', header: t('people.keys.name'), cell: (key) => key.name, card: 'title' },
    {
      key: 'prefix',
      header: t('people.keys.prefix'),
      cell: (key) => <span className="wb-mono">{key.prefix}…</span>,
      card: 'sub',
    },
    { key: 'merchant', header: t('people.keys.merchant'), cell: (key) => key.merchantName },
    { key: 'scopes', header: t('people.keys.scopes'), cell: (key) => key.scopes.join(', ') },
    { key: 'created', header: t('people.keys.created'), cell: (key) => <TimeAgo at={key.createdAt} /> },
    {
      key: 'used',
      header: t('people.keys.used'),
      cell: (key) => (key.lastUsedAt ? <TimeAgo at={key.lastUsedAt} /> : t('people.keys.never')),
      card: 'endSub',
    },
    {
      key: 'state',
      header: t('people.keys.state'),
      cell: (key) => (
        <Badge tone={key.revokedAt ? 'neutral' : 'done'} icon={key.revokedAt ? IconBan : IconCheck}>
          {t(key.revokedAt ? 'people.keys.revoked' : 'people.keys.active')}
        </Badge>
      ),
    },
    {
      key: 'revoke',
      header: t('ui.actions'),
      right: true,
      card: 'end',
      cell: (key) =>
        !key.revokedAt && (
          <Button size="compact-sm" variant="default" onClick={() => onRevoke(key)}>
            {t('people.keys.revoke')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      embedded
      label={t('people.keys.title')}
      columns={columns}
      rows={rows}
      rowKey={(key) => key.id}
      rowLabel={(key) => key.name}
    />
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: KeyShown | null; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.people.revokeApiKey.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('people.keys.revokedDone') });
        void queryClient.invalidateQueries(trpc.people.apiKeys.queryFilter());
        onClose();
      },
    }),
  );
  return (
    <EffectDialog
      opened={apiKey !== null}
      onClose={onClose}
      title={t('people.keys.revoke')}
      preview={<p>{t('people.keys.revokeText', { name: apiKey?.name ?? '' })}</p>}
      verb={t('people.keys.revoke')}
      danger
      error={shownError(revoke.error)}
      busy={revoke.isPending}
      onConfirm={() => apiKey && revoke.mutate({ apiKeyId: apiKey.id })}
    />
  );
}
