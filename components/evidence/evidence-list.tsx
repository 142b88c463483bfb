'use client';
import { useQuery } from '@tanstack/react-query';
import { shownError, useTRPC } from '../trpc.tsx';
import { DataList } from '../ui/data-list.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Prose } from './prose.tsx';

/** The pages of evidence that came with this version. */
export function EvidenceList() {
  const trpc = useTRPC();
  const { t } = useMessages();
  const format = useFormat();
  const pages = useQuery(trpc.integrity.evidence.queryOptions());
  return (
    <DataList
      header={
        <PageHeader
          breadcrumbs={[{ label: t('integrity.title'), href: '/ops/integrity' }]}
          title={t('evidence.title')}
          sub={t('evidence.about')}
        />
      }
      label={t('evidence.title')}
      rows={pages.data}
      rowKey={(page) => page.name}
      rowLabel={(page) => page.title}
      rowHref={(page) => `/ops/evidence/${page.name}`}
      isFiltered={false}
      onClear={() => {}}
      error={shownError(pages.error)}
      onRetry={() => void pages.refetch()}
      empty={{ title: t('evidence.emptyTitle'), reason: t('evidence.empty') }}
      columns={[
        { key: 'page', header: t('evidence.page'), card: 'title', cell: (page) => <span lang="en">{page.title}</span> },
        {
          key: 'commit',
          header: t('evidence.commit'),
          card: 'end',
          cell: (page) => <span className="wb-mono">{page.commit ?? t('ui.unknown')}</span>,
        },
        {
          key: 'seen',
          header: t('evidence.seen'),
          card: 'endSub',
          cell: (page) => (page.seenOn === null ? t('ui.unknown') : format.days(page.seenOn, page.seenOn, 'dated')),
        },
        {
          key: 'figures',
          header: t('evidence.figures'),
          card: 'sub',
          cell: (page) => (page.figures.length > 0 ? <Prose text={page.figures.join(' · ')} /> : t('ui.unknown')),
        },
      ]}
    />
  );
}
