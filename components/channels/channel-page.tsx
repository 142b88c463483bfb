'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ChannelPage, ReportRow, SentMessage } from '../../server/views/channels.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { PauseDialog, ResendDialog, SettingsDialog, useDone } from './channel-dialogs.tsx';
import { ChannelDrift } from './channel-drift.tsx';
import { WATCH_MS } from './channel-list.tsx';
import { ChannelListings } from './channel-listings.tsx';

function Trouble({ page }: { page: ChannelPage }) {
  const { t } = useMessages();
  const format = useFormat();
  if (page.status === 'paused')
    return (
      <Bar tone="attention" title={t('channels.pausedTitle')}>
        {t('channels.pausedText')}
      </Bar>
    );
  if (page.failures === 0) return null;
  const when = page.nextAt ? format.dateTime(page.nextAt) : t('ui.unknown');
  return (
    <Bar tone="attention" title={t('channels.failingTitle')}>
      {t('channels.failing', { error: page.lastError ?? '', when })}
    </Bar>
  );
}

function History({ messages }: { messages: readonly SentMessage[] }) {
  const { t } = useMessages();
  const columns: Column<SentMessage>[] = [
    { key: 'at', header: t('channels.at'), cell: (row) => <TimeAgo at={row.createdAt} />, card: 'title' },
    { key: 'state', header: t('channels.state'), cell: (row) => <StatusBadge kind="sent" value={row.status} />, card: 'end' },
    { key: 'items', header: t('channels.items'), right: true, cell: (row) => <Quantity value={row.size} />, card: 'sub' },
    { key: 'attempts', header: t('channels.attempts'), right: true, cell: (row) => <Quantity value={row.attempts} /> },
    { key: 'error', header: t('channels.error'), cell: (row) => row.error ?? t('ui.unknown') },
  ];
  return (
    <Section title={t('channels.history')}>
      {messages.length === 0 ? (
        <EmptyState compact title={t('channels.history')} reason={t('channels.noHistory')} />
      ) : (
        <DataTable
          embedded
          compact
          label={t('channels.history')}
          columns={columns}
          rows={messages}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.id}
        />
      )}
    </Section>
  );
}

function Reports({ reports }: { reports: readonly ReportRow[] }) {
  const { t } = useMessages();
  const figure = (key: 'agreed' | 'onTheWay' | 'different', card?: 'end'): Column<ReportRow> => ({
    key,
    header: t(`channels.${key}`),
    right: true,
    card,
    cell: (row) => <Quantity value={row[key]} />,
  });
  const columns: Column<ReportRow>[] = [
    { key: 'at', header: t('channels.at'), cell: (row) => <TimeAgo at={row.at} />, card: 'title' },
    { key: 'source', header: t('channels.what'), cell: (row) => t(`channels.sources.${row.source}`), card: 'sub' },
    figure('agreed'),
    figure('onTheWay'),
    figure('different', 'end'),
    { key: 'unknown', header: t('channels.unknownListings'), right: true, cell: (row) => <Quantity value={row.unknown} /> },
  ];
  return (
    <Section title={t('channels.reports')}>
      {reports.length === 0 ? (
        <EmptyState compact title={t('channels.reports')} reason={t('channels.noReports')} />
      ) : (
        <DataTable
          embedded
          compact
          label={t('channels.reports')}
          columns={columns}
          rows={reports}
          rowKey={(row) => row.id}
          rowLabel={(row) => row.id}
        />
      )}
    </Section>
  );
}

function Facts({ page }: { page: ChannelPage }) {
  const { t, word } = useMessages();
  return (
    <Section title={t('purchasing.facts')}>
      <KeyValue
        items={[
          { label: t('channels.merchant'), value: page.merchantName },
          { label: t('channels.kind'), value: word('channels.kinds', page.kind) },
          { label: t('channels.url'), value: page.url },
          { label: t('channels.unsent'), value: <Quantity value={page.unsent} /> },
          {
            label: t('channels.lag'),
            value: page.waitingSince ? <TimeAgo at={page.waitingSince} /> : t('channels.noLag'),
          },
          { label: t('channels.answered'), value: <TimeAgo at={page.answeredAt} /> },
          { label: t('channels.reported'), value: <TimeAgo at={page.reportedAt} /> },
          { label: t('channels.since'), value: <TimeAgo at={page.createdAt} /> },
        ]}
      />
    </Section>
  );
}

function Header({ page, show }: { page: ChannelPage; show: (dialog: 'pause' | 'resend' | 'settings') => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const asked = useDone(noop, () => t('channels.asked'));
  const ask = useMutation(trpc.channels.askReport.mutationOptions(asked.options));
  const resumed = useDone(noop, () => t('channels.resumed', { name: page.name }));
  const resume = useMutation(trpc.channels.change.mutationOptions(resumed.options));
  const paused = page.status === 'paused';
  const manage = powers.may('channels.change')
    ? [
        { label: t('channels.resend'), onClick: () => show('resend') },
        { label: t('channels.settings'), onClick: () => show('settings') },
        paused
          ? { label: t('channels.pause'), reason: t('channels.pausedText') }
          : { label: t('channels.pause'), danger: true, onClick: () => show('pause') },
      ]
    : [];
  return (
    <PageHeader
      breadcrumbs={[{ label: t('channels.title'), href: '/channels' }]}
      title={page.name}
      badges={<StatusBadge kind="channel" value={page.state} />}
      sub={page.merchantName}
      primary={
        paused && powers.may('channels.change') ? (
          <ActionButton
            label={t('channels.resume')}
            loading={resume.isPending}
            onClick={() => resume.mutate(resumed.request.keyed({ connectionId: page.id, status: 'on' as const }))}
          />
        ) : (
          powers.may('channels.askReport') && (
            <ActionButton
              label={t('channels.ask')}
              reason={paused ? t('channels.pausedText') : null}
              loading={ask.isPending}
              onClick={() => ask.mutate(asked.request.keyed({ connectionId: page.id }))}
            />
          )
        )
      }
      menu={manage}
    />
  );
}

const noop = (): void => {};

function Body({ page }: { page: ChannelPage }) {
  const overlay = useOverlay(['pause', 'resend', 'settings']);
  return (
    <DetailLayout
      header={<Header page={page} show={overlay.show} />}
      bars={<Trouble page={page} />}
      aside={
        <>
          <Facts page={page} />
          <Reports reports={page.reports} />
        </>
      }
    >
      <ChannelDrift page={page} />
      <ChannelListings page={page} />
      <History messages={page.messages} />
      {overlay.open === 'pause' && page.status === 'on' && <PauseDialog page={page} onClose={overlay.close} />}
      {overlay.open === 'resend' && <ResendDialog page={page} onClose={overlay.close} />}
      {overlay.open === 'settings' && <SettingsDialog page={page} onClose={overlay.close} />}
    </DetailLayout>
  );
}

/** One connection: what was told, what was acknowledged, and where the channel has something else. */
export function ChannelDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.channels.get.queryOptions({ id }, { refetchInterval: WATCH_MS }));
  // What was acknowledged is no event: the listings are read again when the channel has answered.
  const queryClient = useQueryClient();
  const answered = found.data?.answeredAt?.getTime();
  useEffect(() => {
    if (answered !== undefined) void queryClient.invalidateQueries({ queryKey: trpc.channels.listings.pathKey() });
  }, [answered, queryClient, trpc]);
  useLive(found.data ? [`channel:${found.data.id}`] : [], { queryKeys: [trpc.channels.pathKey()] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
