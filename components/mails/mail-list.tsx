'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { NOTICE_KINDS, NOTICE_STATUSES } from '../../server/domains/notifications/rules.ts';
import type { MailRow } from '../../server/views/mails.ts';
import { listProps, someOf } from '../list-page.ts';
import { useStatusOptions } from '../status-options.ts';
import { useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { DataList } from '../ui/data-list.tsx';
import type { Column } from '../ui/data-table.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useMailWords, WATCH_MS } from './mail-words.ts';

const FILTERS = ['status', 'kind'] as const;
/** Those that only a person sends again. */
const VIEWS = [
  { key: 'all', statuses: [] },
  { key: 'attention', statuses: ['in_doubt', 'failed'] },
] as const;

function useColumns(): Column<MailRow>[] {
  const { t } = useMessages();
  const words = useMailWords();
  return [
    { key: 'kind', header: t('mails.mail'), card: 'title', cell: (mail) => mail.subject ?? words.kind(mail.kind) },
    { key: 'status', header: t('mails.status'), card: 'sub', cell: (mail) => <StatusBadge kind="mail" value={mail.status} /> },
    {
      key: 'what',
      header: t('mails.kind'),
      cell: (mail) => (mail.resends ? `${words.kind(mail.kind)} · ${t('mails.again')}` : words.kind(mail.kind)),
    },
    { key: 'recipient', header: t('mails.to'), cell: (mail) => mail.recipient ?? t('ui.unknown') },
    { key: 'order', header: t('mails.order'), card: 'endSub', cell: (mail) => mail.orderNumber ?? t('ui.unknown') },
    { key: 'merchant', header: t('mails.merchant'), cell: (mail) => mail.merchantName ?? t('ui.unknown') },
    {
      key: 'at',
      header: t('mails.when'),
      right: true,
      card: 'end',
      cell: (mail) => <TimeAgo at={mail.sentAt ?? mail.createdAt} />,
    },
  ];
}

/** Says that mail is off, where it is: then nobody is told anything. */
export function MailOffBar() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const state = useQuery({ ...trpc.mails.state.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
  if (state.data?.on !== false) return null;
  return (
    <Bar tone="attention" title={t('mails.offTitle')}>
      {t('mails.off')}
    </Bar>
  );
}

/** Every mail to a customer, newest first. */
export function MailList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const words = useMailWords();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const input = {
    status: someOf(NOTICE_STATUSES, url.filters.status),
    kind: someOf(NOTICE_KINDS, url.filters.kind),
    after: url.after ?? undefined,
  };
  const list = useQuery({ ...trpc.mails.list.queryOptions(input), placeholderData: keepPreviousData, refetchInterval: WATCH_MS });
  const wanted = url.filters.status.join();
  const views = VIEWS.map(({ key, statuses }) => ({
    key,
    label: t(`mails.views.${key}`),
    active: wanted === statuses.join(),
    onSelect: () => url.setFilter('status', [...statuses]),
  }));
  const columns = useColumns();
  const statuses = useStatusOptions('mail', NOTICE_STATUSES);
  return (
    <DataList
      {...listProps(list, url)}
      header={
        <>
          <PageHeader title={t('mails.title')} sub={t('mails.sub')} />
          <MailOffBar />
        </>
      }
      label={t('mails.title')}
      views={views}
      columns={columns}
      rowKey={(mail) => mail.id}
      rowLabel={(mail) => mail.subject ?? words.kind(mail.kind)}
      rowHref={(mail) => `/channels/mail/${mail.id}`}
      filters={[
        {
          key: 'status',
          label: t('mails.status'),
          options: statuses,
          values: url.filters.status,
          onChange: (values) => url.setFilter('status', values),
        },
        {
          key: 'kind',
          label: t('mails.kind'),
          options: NOTICE_KINDS.map((value) => ({ value, label: words.kind(value) })),
          values: url.filters.kind,
          onChange: (values) => url.setFilter('kind', values),
        },
      ]}
      empty={{ title: t('mails.emptyTitle'), reason: t('mails.empty') }}
    />
  );
}
