'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { PartnerRequestRow } from '../../server/views/partner-requests.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const FILTERS = ['view'] as const;
const VIEWS = ['open', 'waiting', 'accepted', 'refused', 'ended'] as const;

/** What stands in the way of a request, or why it was refused, in one line. */
export function RequestNote({ request }: { request: Pick<PartnerRequestRow, 'reason' | 'recall' | 'late' | 'trouble'> }) {
  const { t, word } = useMessages();
  const said = [
    request.trouble,
    request.recall && word('partners.recalls', request.recall),
    request.reason,
    request.late && !request.recall ? t('partners.late') : null,
  ].filter(Boolean);
  return said.length > 0 ? said.join(' · ') : t('ui.unknown');
}

function useColumns(): Column<PartnerRequestRow>[] {
  const { t, word } = useMessages();
  return [
    { key: 'order', header: t('shipments.order'), cell: (r) => r.orderNumber, card: 'title' },
    { key: 'status', header: t('shipments.status'), cell: (r) => <StatusBadge kind="request" value={r.status} />, card: 'end' },
    { key: 'partner', header: t('partners.partner'), cell: (r) => r.nodeName, card: 'sub' },
    { key: 'kind', header: t('partners.kind'), cell: (r) => word('partners.kinds', r.kind) },
    { key: 'units', header: t('partners.units'), right: true, cell: (r) => String(r.units) },
    { key: 'asked', header: t('partners.asked'), cell: (r) => <TimeAgo at={r.createdAt} />, card: 'endSub' },
    { key: 'due', header: t('partners.due'), cell: (r) => <TimeAgo at={r.dueAt} /> },
    { key: 'note', header: t('partners.note'), cell: (r) => <RequestNote request={r} /> },
  ];
}

/** What partners were asked to send, watched while they answer. */
export function RequestList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'open';
  const input = { view: current, after: url.after ?? undefined };
  const list = useQuery({ ...trpc.partners.list.queryOptions(input), placeholderData: keepPreviousData });
  useLive(['order'], { queryKeys: [trpc.partners.list.queryKey()] });
  return (
    <DataList
      {...listProps(list, url)}
      header={<PageHeader title={t('partners.title')} sub={t('partners.sub')} />}
      label={t('partners.title')}
      columns={useColumns()}
      rowKey={(r) => r.id}
      rowLabel={(r) => r.orderNumber}
      rowHref={(r) => `/orders/${r.orderNumber}`}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`partners.views.${view}`),
        active: view === current,
        onSelect: () => url.setFilters(view === 'open' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('partners.emptyTitle'), reason: t('partners.empty') }}
    />
  );
}
