'use client';
import { IconBan, IconCheck, IconWalk } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { NodeRow } from '../../server/views/routing.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { areaText } from './area-text.ts';
import classes from './nodes.module.css';

/** Where goods leave from, as each node is described. */
export function NodeList() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const nodes = useQuery(trpc.nodes.list.queryOptions(undefined, { refetchInterval: REFRESH_MS }));
  return (
    <>
      <PageHeader title={t('routing.node.title')} {...(nodes.data ? { count: nodes.data.length } : {})} />
      <div className={classes.page}>
        <p className={classes.text}>{t('routing.node.text')}</p>
        <Loaded data={nodes.data} error={shownError(nodes.error)} onRetry={() => void nodes.refetch()}>
          {(rows) =>
            rows.length === 0 ? (
              <EmptyState title={t('routing.node.emptyTitle')} reason={t('routing.node.empty')} />
            ) : (
              <Nodes rows={rows} />
            )
          }
        </Loaded>
      </div>
    </>
  );
}

/** What days hold changes with every order. */
const REFRESH_MS = 15_000;

function State({ node }: { node: NodeRow }) {
  const { t } = useMessages();
  if (!node.active)
    return (
      <Badge tone="neutral" icon={IconBan}>
        {t('routing.node.inactive')}
      </Badge>
    );
  if (!node.facts.shipFrom)
    return (
      <Badge tone="neutral" icon={IconWalk}>
        {t('routing.node.pickUpOnly')}
      </Badge>
    );
  return (
    <Badge tone="done" icon={IconCheck}>
      {t('routing.node.ships')}
    </Badge>
  );
}

function Nodes({ rows }: { rows: readonly NodeRow[] }) {
  const { t } = useMessages();
  const format = useFormat();
  const several = new Set(rows.map((row) => row.merchantId)).size > 1;
  const columns: Column<NodeRow>[] = [
    {
      key: 'name',
      header: t('routing.node.name'),
      cell: (row) => <Link href={`/nodes/${row.id}`}>{row.name}</Link>,
      card: 'title',
    },
    ...(several ? [{ key: 'merchant', header: t('routing.node.merchant'), cell: (row: NodeRow) => row.merchantName }] : []),
    { key: 'kind', header: t('routing.node.kind'), cell: (row) => t(`routing.kinds.${row.kind as 'store'}`), card: 'sub' },
    { key: 'area', header: t('routing.node.area'), cell: (row) => areaText(row.facts.area) || t('routing.node.everywhere') },
    {
      key: 'today',
      header: t('routing.node.today'),
      right: true,
      card: 'end',
      cell: ({ facts, ordersToday, unitsToday }) =>
        facts.capacityPerDay === null
          ? t('routing.node.unlimited')
          : t('routing.node.usedOf', {
              used: format.number(facts.capacityUnit === 'orders' ? ordersToday : unitsToday),
              most: format.number(facts.capacityPerDay),
            }),
    },
    { key: 'priority', header: t('routing.node.priority'), right: true, cell: (row) => format.number(row.priority) },
    { key: 'state', header: t('routing.node.state'), cell: (row) => <State node={row} />, card: 'endSub' },
  ];
  return (
    <DataTable
      embedded
      label={t('routing.node.title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.name}
    />
  );
}
