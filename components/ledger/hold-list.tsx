'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { HoldView } from '../../server/views/holds.ts';
import { listProps, oneOf } from '../list-page.ts';
import { useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import { useListUrl } from '../ui/list-url.ts';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { holdHref, useHoldColumns } from './hold-columns.tsx';
import { LedgerTabs } from './ledger-tabs.tsx';
import { useLedgerWords } from './ledger-words.ts';

const FILTERS = ['view'] as const;
const VIEWS = ['all', 'expiring', 'lasting'] as const satisfies readonly HoldView[];

/** Everything that is held and not posted yet, the oldest first. */
export function HoldList() {
  const { t } = useMessages();
  const words = useLedgerWords();
  const trpc = useTRPC();
  const url = useListUrl({ filters: FILTERS, defaultSort: '' });
  const current = oneOf(VIEWS, url.filters.view[0]) ?? 'all';
  const list = useQuery({
    ...trpc.ledger.holds.queryOptions({ view: current, after: url.after ?? undefined }),
    placeholderData: keepPreviousData,
  });
  const count = useQuery(trpc.ledger.countHolds.queryOptions({ view: current }));
  return (
    <DataList
      {...listProps(list, url)}
      header={
        <>
          <PageHeader title={t('ledger.title')} />
          <LedgerTabs />
        </>
      }
      label={t('ledger.holds')}
      columns={useHoldColumns()}
      rowKey={(row) => row.id}
      rowLabel={(row) => words.transfer(row.kind)}
      rowHref={holdHref}
      views={VIEWS.map((view) => ({
        key: view,
        label: t(`ledger.holdViews.${view}`),
        active: view === current,
        ...(view === current ? { count: count.data } : {}),
        onSelect: () => url.setFilters(view === 'all' ? {} : { view: [view] }),
      }))}
      empty={{ title: t('ledger.noHoldsTitle'), reason: t('ledger.noHolds') }}
    />
  );
}
