'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { isId } from '../../server/kernel/ids.ts';
import type { AuditFilter, AuditRow } from '../../server/views/audit.ts';
import { listProps } from '../list-page.ts';
import { useTRPC } from '../trpc.tsx';
import { CopyText, Id } from '../ui/copy.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { ChangeList } from './change-list.tsx';

const FILTERS = ['entity'] as const;
const TRACE_ID = /^[0-9a-f]{32}$/;
const TRACE_SHOWN = 6;

/** One field finds by whatever was typed: a trace, a record, an actor ("user:<id>"), or else an action. */
export function readSearch(text: string): AuditFilter {
  const q = text.trim();
  if (q === '') return {};
  if (TRACE_ID.test(q)) return { traceId: q };
  if (isId(q)) return { entityId: q };
  return q.includes(':') ? { actor: q } : { action: q };
}

/** Every change: who made it, what it was before and after, and on which trace. */
export function AuditPage() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '-at' });
  const words = useQuery(trpc.audit.words.queryOptions());
  const list = useQuery({
    ...trpc.audit.list.queryOptions({ ...readSearch(url.q), entity: url.filters.entity[0], after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  const columns = useAuditColumns();
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('audit.title')} />}
      label={t('audit.title')}
      columns={columns}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.action}
      search={{ value: url.q, label: t('audit.search'), onChange: url.setQ }}
      filters={[
        {
          key: 'entity',
          label: t('audit.entityKind'),
          options: (words.data?.entities ?? []).map((value) => ({ value, label: value })),
          values: url.filters.entity,
          onChange: (values) => url.setFilter('entity', values.slice(-1)),
        },
      ]}
      empty={{ title: t('audit.emptyTitle'), reason: t('audit.empty') }}
    />
  );
}

function useAuditColumns(): Column<AuditRow>[] {
  const { t } = useMessages();
  return [
    { key: 'at', header: t('audit.at'), card: 'endSub', cell: (row) => <TimeAgo at={row.at} /> },
    { key: 'actor', header: t('audit.actor'), card: 'sub', cell: (row) => row.actor.name ?? `${row.actor.kind}:${row.actor.id}` },
    { key: 'action', header: t('audit.action'), card: 'title', cell: (row) => row.action },
    {
      key: 'entity',
      header: t('audit.entity'),
      card: 'end',
      cell: (row) => (
        <>
          {row.entity} {row.entityLabel ?? (isId(row.entityId) ? <Id value={row.entityId} /> : row.entityId)}
        </>
      ),
    },
    { key: 'changes', header: t('audit.changes'), cell: (row) => <ChangeList changes={row.changes} /> },
    { key: 'reason', header: t('audit.reason'), cell: (row) => row.reason ?? t('ui.unknown') },
    {
      key: 'trace',
      header: t('audit.trace'),
      cell: (row) => <CopyText value={row.traceId} shown={row.traceId.slice(-TRACE_SHOWN)} what={t('audit.trace')} mono />,
    },
  ];
}
