'use client';
import { Button, Select, Switch } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ManifestRow, WaitingNode } from '../../server/views/manifests.ts';
import { listProps } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { useParcelDone } from './use-parcel-done.ts';

function useColumns(): Column<ManifestRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'number', header: t('parcels.manifest'), cell: (m) => m.number, card: 'title' },
    { key: 'status', header: t('shipments.status'), cell: (m) => <StatusBadge kind="manifest" value={m.status} />, card: 'sub' },
    { key: 'node', header: t('shipments.node'), cell: (m) => m.nodeName },
    { key: 'carrier', header: t('orders.carrier'), cell: (m) => word('shipments.carriers', m.carrier) },
    { key: 'count', header: t('parcels.count'), right: true, cell: (m) => m.parcels, card: 'end' },
    { key: 'handed', header: t('parcels.handedOver'), right: true, cell: (m) => m.handedOver },
    { key: 'left', header: t('parcels.leftBehind'), right: true, cell: (m) => m.leftBehind },
    { key: 'created', header: t('parcels.created'), cell: (m) => <TimeAgo at={m.createdAt} />, card: 'endSub' },
  ];
}

function CloseDialog({ nodes, onClose }: { nodes: readonly WaitingNode[]; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const done = useParcelDone();
  const request = useRequestKey();
  const switching = useRequestKey();
  const [chosen, setChosen] = useState<string | null>(null);
  const node = nodes.find((one) => one.id === chosen) ?? nodes.find((one) => one.waiting > 0) ?? nodes[0];
  const close = useMutation(
    trpc.manifests.close.mutationOptions({
      onSuccess: ({ number, left }) => {
        toast.success({
          message: t('parcels.closed', { number }),
          link: { href: `/shipments/manifests/${number}`, label: number },
        });
        for (const { why } of left) toast.error({ kind: 'refused', message: why });
        onClose();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  const change = useMutation(trpc.manifests.setHandOver.mutationOptions({ onError: switching.failed, onSettled: done }));
  if (!node) return null;
  const byManifest = node.handOver === 'by_manifest';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('parcels.closeTitle')}
      preview={<p>{byManifest ? t('parcels.closeEffect', { count: node.waiting }) : t('parcels.closeAtOnce')}</p>}
      verb={t('parcels.closeVerb', { count: node.waiting })}
      blocked={byManifest && node.waiting > 0 ? null : byManifest ? t('parcels.closeNothing') : t('parcels.closeAtOnce')}
      error={shownError(close.error ?? change.error)}
      busy={close.isPending || change.isPending}
      onConfirm={() => close.mutate(request.keyed({ nodeId: node.id }))}
    >
      <Select
        label={t('parcels.closeNode')}
        data={nodes.map((one) => ({ value: one.id, label: `${one.name} · ${one.merchantName} (${one.waiting})` }))}
        value={node.id}
        onChange={setChosen}
        allowDeselect={false}
      />
      <Switch
        label={t('parcels.byManifest')}
        checked={byManifest}
        onChange={(event) =>
          change.mutate(
            switching.keyed({ nodeId: node.id, handOver: event.currentTarget.checked ? 'by_manifest' : 'at_once' } as const),
          )
        }
      />
    </EffectDialog>
  );
}

/** Manifests, newest first; the day of a node is closed from here. */
export function ManifestList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const url = useListUrl({ filters: [], defaultSort: '' });
  const [closing, setClosing] = useState(false);
  const nodes = useQuery(trpc.manifests.nodes.queryOptions());
  const list = useQuery({
    ...trpc.manifests.list.queryOptions({ after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  useLive(['order'], { queryKeys: [trpc.manifests.list.queryKey(), trpc.manifests.nodes.queryKey()] });
  const button = powers.may('manifests.close') ? (
    <Button onClick={() => setClosing(true)}>{t('parcels.closeDay')}</Button>
  ) : undefined;
  return (
    <>
      <DataList
        {...listProps(list, url)}
        header={<PageHeader title={t('parcels.manifests')} primary={button} />}
        label={t('parcels.manifests')}
        columns={useColumns()}
        rowKey={(m) => m.id}
        rowLabel={(m) => m.number}
        rowHref={(m) => `/shipments/manifests/${m.number}`}
        empty={{ title: t('parcels.manifestsEmptyTitle'), reason: t('parcels.manifestsEmpty') }}
      />
      {closing && nodes.data && <CloseDialog nodes={nodes.data} onClose={() => setClosing(false)} />}
    </>
  );
}
