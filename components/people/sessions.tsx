'use client';
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './door.module.css';

interface SessionShown {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
}

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Mac OS X/, 'macOS'],
  [/Windows/, 'Windows'],
  [/Linux/, 'Linux'],
];

const named = (names: readonly [RegExp, string][], text: string) => names.find(([pattern]) => pattern.test(text))?.[1];

/** "Firefox on Linux", as far as the browser says. */
function useDeviceName(): (userAgent: string | null) => string {
  const { t } = useMessages();
  return (userAgent) => {
    const browser = named(BROWSERS, userAgent ?? '');
    const system = named(SYSTEMS, userAgent ?? '');
    if (!browser || !system) return browser ?? system ?? t('people.sessions.unknownDevice');
    return t('people.sessions.on', { browser, system });
  };
}

/** Where one is signed in, and how to end it. */
export function Sessions() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.auth.sessions.queryOptions());
  const after = {
    onSuccess: ({ ended }: { ended: number }) => {
      toast.success({ message: t('people.sessions.ended', { count: ended }) });
      void queryClient.invalidateQueries(trpc.auth.sessions.queryFilter());
    },
    onError: (error: unknown) => toast.error(shownError(error)),
  };
  const end = useMutation(trpc.auth.revokeSession.mutationOptions(after));
  const endOthers = useMutation(trpc.auth.revokeOtherSessions.mutationOptions(after));
  const others = (sessions.data?.length ?? 0) > 1;
  return (
    <Section
      title={t('people.sessions.title')}
      count={sessions.data?.length}
      actions={
        others && (
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate({})}>
            {t('people.sessions.endOthers')}
          </Button>
        )
      }
    >
      <p className={classes.text}>{t('people.sessions.text')}</p>
      <Loaded data={sessions.data} error={shownError(sessions.error)} onRetry={() => void sessions.refetch()}>
        {(rows) => <SessionTable rows={rows} busy={end.isPending} onEnd={(sessionId) => end.mutate({ sessionId })} />}
      </Loaded>
    </Section>
  );
}

function SessionTable(props: { rows: readonly SessionShown[]; busy: boolean; onEnd: (id: string) => void }) {
  const { t } = useMessages();
  const deviceName = useDeviceName();
  const columns: Column<SessionShown>[] = [
    { key: 'device', header: t('people.sessions.device'), cell: (row) => deviceName(row.userAgent), card: 'title' },
    { key: 'ip', header: t('people.sessions.address'), cell: (row) => row.ip ?? t('ui.unknown'), card: 'sub' },
    { key: 'began', header: t('people.sessions.began'), cell: (row) => <TimeAgo at={row.createdAt} /> },
    { key: 'seen', header: t('people.sessions.seen'), cell: (row) => <TimeAgo at={row.lastSeenAt} />, card: 'endSub' },
    {
      key: 'end',
      header: t('ui.actions'),
      card: 'end',
      right: true,
      cell: (row) =>
        row.current ? (
          <Badge tone="done" icon={IconCheck}>
            {t('people.sessions.current')}
          </Badge>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            disabled={props.busy}
            aria-label={t('people.sessions.endNamed', { device: deviceName(row.userAgent) })}
            onClick={() => props.onEnd(row.id)}
          >
            {t('people.sessions.end')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      embedded
      label={t('people.sessions.title')}
      columns={columns}
      rows={props.rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => deviceName(row.userAgent)}
    />
  );
}
