'use client';
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { RuleSetRow, RulesPage } from '../../server/views/routing.ts';
import nodeClasses from '../nodes/nodes.module.css';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { RulesEditor } from './rules-editor.tsx';
import { Simulations } from './simulation.tsx';

/** The rules by which orders find their nodes: in force, drafted, replayed, and every version before. */
export function RoutingHome({ merchantId }: { merchantId: string | undefined }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const router = useRouter();
  const nodes = useQuery(trpc.nodes.list.queryOptions());
  const merchants = [...new Map((nodes.data ?? []).map((node) => [node.merchantId, node.merchantName]))];
  const chosen = merchantId ?? merchants[0]?.[0];
  return (
    <>
      <PageHeader title={t('routing.title')} />
      <Loaded data={nodes.data} error={shownError(nodes.error)} onRetry={() => void nodes.refetch()}>
        {() => (
          <>
            {merchants.length > 1 && (
              <Select
                px={24}
                pt={12}
                maw={360}
                label={t('routing.rules.merchant')}
                data={merchants.map(([value, label]) => ({ value, label }))}
                value={chosen ?? null}
                allowDeselect={false}
                onChange={(id) => id && router.push(`/routing?merchant=${id}`)}
              />
            )}
            {chosen ? (
              <MerchantRules key={chosen} merchantId={chosen} />
            ) : (
              <EmptyState title={t('routing.title')} reason={t('routing.rules.noNodes')} />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function MerchantRules({ merchantId }: { merchantId: string }) {
  const trpc = useTRPC();
  const rules = useQuery(trpc.routing.rules.queryOptions({ merchantId }));
  return (
    <Loaded data={rules.data} error={shownError(rules.error)} onRetry={() => void rules.refetch()} lines={12}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}

function Body({ page }: { page: RulesPage }) {
  const { t } = useMessages();
  const format = useFormat();
  const draft = page.versions.find((one) => one.status === 'draft');
  const active = page.versions.find((one) => one.status === 'active');
  const { splitMinor, lateDayMinor } = active?.content ?? page.defaults;
  const money = (minor: number) => format.money(BigInt(minor), page.merchant.currency);
  return (
    <DetailLayout
      header={
        <div className={nodeClasses.page} style={{ paddingBottom: 0 }}>
          <p className={nodeClasses.text}>{t('routing.rules.text', { split: money(splitMinor), late: money(lateDayMinor) })}</p>
          <p>{active ? t('routing.rules.inForce', { number: active.number }) : t('routing.rules.none')}</p>
        </div>
      }
    >
      <RulesEditor key={`${draft?.id}:${draft?.version}`} page={page} draft={draft} active={active} />
      <Simulations page={page} draft={draft} />
      <Versions versions={page.versions} />
    </DetailLayout>
  );
}

function Versions({ versions }: { versions: readonly RuleSetRow[] }) {
  const { t } = useMessages();
  const columns: Column<RuleSetRow>[] = [
    { key: 'number', header: t('routing.rules.version'), cell: (row) => row.number, card: 'title' },
    { key: 'status', header: t('routing.rules.status'), cell: (row) => t(`routing.rules.statuses.${row.status}`), card: 'end' },
    {
      key: 'rules',
      header: t('routing.rules.effect'),
      cell: (row) => row.content.rules.map((rule) => rule.name).join(', ') || '—',
    },
    { key: 'since', header: t('routing.rules.since'), cell: (row) => <TimeAgo at={row.activatedAt} /> },
    { key: 'until', header: t('routing.rules.until'), cell: (row) => <TimeAgo at={row.retiredAt} /> },
  ];
  return (
    <Section title={t('routing.rules.versions')} count={versions.length}>
      {versions.length === 0 ? (
        <EmptyState compact title={t('routing.rules.versions')} reason={t('routing.rules.none')} />
      ) : (
        <DataTable
          embedded
          label={t('routing.rules.versions')}
          columns={columns}
          rows={versions}
          rowKey={(row) => row.id}
          rowLabel={(row) => String(row.number)}
        />
      )}
    </Section>
  );
}
