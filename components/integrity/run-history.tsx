'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

const SHOWN = 30;

/** The newest checks, one line each. */
export function RunHistory({ refreshMs }: { refreshMs: number }) {
  const trpc = useTRPC();
  const { t } = useMessages();
  const format = useFormat();
  const history = useQuery({ ...trpc.integrity.history.queryOptions({ limit: SHOWN }), refetchInterval: refreshMs });
  return (
    <Section title={t('integrity.history')}>
      <Loaded data={history.data} error={shownError(history.error)} onRetry={() => void history.refetch()}>
        {(runs) => (
          <DataTable
            embedded
            compact
            label={t('integrity.history')}
            rows={runs}
            rowKey={(run) => run.id}
            rowLabel={(run) => run.id}
            columns={[
              { key: 'at', header: t('integrity.checked'), card: 'title', cell: (run) => <TimeAgo at={run.checkedAt} /> },
              {
                key: 'scope',
                header: t('integrity.scope'),
                card: 'sub',
                cell: (run) => t(run.full ? 'integrity.scopes.full' : 'integrity.scopes.incremental'),
              },
              {
                key: 'check',
                header: t('integrity.check'),
                card: 'end',
                cell: (run) => <StatusBadge kind="check" value={run.violations > 0 ? 'failing' : 'ok'} />,
              },
              {
                key: 'took',
                header: t('integrity.tookHeader'),
                right: true,
                card: 'endSub',
                cell: (run) => t('integrity.seconds', { seconds: format.number(Math.round(run.tookMs / 100) / 10) }),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
