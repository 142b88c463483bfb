'use client';
import { Button } from '@mantine/core';
import { IconReportAnalytics } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { latestIntegrity } from '../../server/views/integrity.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { FindingTable } from './finding-table.tsx';
import { RunHistory } from './run-history.tsx';
import { SealStatus } from './seal-status.tsx';

type Checked = NonNullable<Awaited<ReturnType<typeof latestIntegrity>>['latest']>;

const GROUPS = [1, 2, 3, 4, 5] as const;
const RUNS = ['latest', 'full'] as const;
/** A check runs each minute; this shows a new one soon after. */
const REFRESH_MS = 10_000;

/** What is always true, whether it was when last looked at, and what is wrong where it was not. */
export function IntegrityPage() {
  const trpc = useTRPC();
  const { t } = useMessages();
  const [run, setRun] = useQueryState('run', parseAsStringLiteral(RUNS).withDefault('latest'));
  const latest = useQuery({ ...trpc.integrity.latest.queryOptions(), refetchInterval: REFRESH_MS });
  return (
    <Loaded data={latest.data} error={shownError(latest.error)} onRetry={() => void latest.refetch()} lines={12}>
      {(checks) => {
        const checked = checks[run] ?? checks.latest;
        if (!checked) return <NothingYet />;
        const views = RUNS.map((key) => ({
          key,
          label: t(`integrity.${key}`),
          active: key === run,
          onSelect: () => void setRun(key),
        }));
        return (
          <DetailLayout
            header={<CheckHeader checked={checked} />}
            tabs={<ViewTabs views={views} />}
            bars={<Verdict checked={checked} />}
            aside={
              <>
                <SealStatus refreshMs={REFRESH_MS} />
                <RunHistory refreshMs={REFRESH_MS} />
              </>
            }
          >
            {GROUPS.map((group) => (
              <Section key={group} title={t(`integrity.groups.${group}`)}>
                <FindingTable
                  label={t(`integrity.groups.${group}`)}
                  findings={checked.invariants.filter((f) => f.group === group)}
                />
              </Section>
            ))}
          </DetailLayout>
        );
      }}
    </Loaded>
  );
}

function NothingYet() {
  const { t } = useMessages();
  return (
    <DetailLayout header={<PageHeader title={t('integrity.title')} secondary={<EvidenceButton />} />}>
      <EmptyState title={t('integrity.emptyTitle')} reason={t('integrity.empty')} />
    </DetailLayout>
  );
}

/** Where the rules and the speed of this version were tried in full. */
function EvidenceButton() {
  const { t } = useMessages();
  return (
    <Button
      component={Link}
      href="/ops/evidence"
      variant="default"
      leftSection={<IconReportAnalytics size={16} stroke={1.75} aria-hidden />}
    >
      {t('evidence.title')}
    </Button>
  );
}

function CheckHeader({ checked }: { checked: Checked }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <PageHeader
      title={t('integrity.title')}
      secondary={<EvidenceButton />}
      badges={<StatusBadge kind="check" value={checked.violations > 0 ? 'failing' : 'ok'} />}
      sub={
        <>
          {t(checked.full ? 'integrity.scopes.full' : 'integrity.scopes.incremental')} · <TimeAgo at={checked.checkedAt} /> ·{' '}
          {t('integrity.took', { seconds: format.number(Math.round(checked.tookMs / 100) / 10) })}
        </>
      }
    />
  );
}

function Verdict({ checked }: { checked: Checked }) {
  const { t } = useMessages();
  const { violations, unchecked, invariants } = checked;
  return (
    <>
      {violations > 0 ? (
        <Bar tone="blocked" title={t('integrity.violatedTitle')}>
          {t('integrity.violated', { count: violations })}
        </Bar>
      ) : (
        <Bar tone="done" title={t('integrity.holdsTitle')}>
          {t('integrity.holds', { count: invariants.length - unchecked })}
        </Bar>
      )}
      {unchecked > 0 && <Bar tone="neutral">{t('integrity.uncheckedText', { count: unchecked })}</Bar>}
    </>
  );
}
