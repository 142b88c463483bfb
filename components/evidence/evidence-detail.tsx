'use client';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { EvidenceBlock, EvidencePage } from '../../server/views/evidence.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { useScrolls } from '../ui/use-scrolls.ts';
import classes from './evidence-detail.module.css';
import { Prose } from './prose.tsx';

/** One page of evidence, as it was written. */
export function EvidenceDetail({ name }: { name: string }) {
  const trpc = useTRPC();
  const page = useQuery(trpc.integrity.evidencePage.queryOptions({ name }));
  return (
    <Loaded data={page.data} error={shownError(page.error)} onRetry={() => void page.refetch()} lines={12}>
      {(found) => <Page page={found} />}
    </Loaded>
  );
}

function Page({ page }: { page: EvidencePage }) {
  const { t } = useMessages();
  const format = useFormat();
  const seen = [page.commit, page.seenOn === null ? null : format.days(page.seenOn, page.seenOn, 'dated')].filter(
    (fact) => fact !== null,
  );
  return (
    <DetailLayout
      header={
        <PageHeader
          breadcrumbs={[
            { label: t('integrity.title'), href: '/ops/integrity' },
            { label: t('evidence.title'), href: '/ops/evidence' },
          ]}
          title={<span lang="en">{page.title}</span>}
          sub={seen.length > 0 && <span className="wb-number">{seen.join(' · ')}</span>}
        />
      }
    >
      {sectionsOf(page.blocks).map(({ heading, blocks }) => (
        <Section key={heading} title={heading ?? t('evidence.whatWasSeen')}>
          <div className={classes.blocks}>
            {blocks.map((block, index) => (
              <Block key={index} block={block} label={heading ?? page.title} />
            ))}
          </div>
        </Section>
      ))}
    </DetailLayout>
  );
}

interface Part {
  readonly heading: string | null;
  readonly blocks: EvidenceBlock[];
}

/** What stands under each heading; the first part has none. */
function sectionsOf(blocks: readonly EvidenceBlock[]): Part[] {
  const parts: Part[] = [{ heading: null, blocks: [] }];
  for (const block of blocks) {
    if (block.kind === 'heading') parts.push({ heading: block.text, blocks: [] });
    else parts.at(-1)?.blocks.push(block);
  }
  return parts.filter((part) => part.blocks.length > 0);
}

function Block({ block, label }: { block: EvidenceBlock; label: string }) {
  if (block.kind === 'table') return <Figures table={block} label={label} />;
  if (block.kind === 'code') return <Code text={block.text} />;
  if (block.kind === 'list') {
    return (
      <ul className={classes.list}>
        {block.items.map((item) => (
          <li key={item}>
            <Prose text={item} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <p className={classes.text}>
      <Prose text={block.text} />
    </p>
  );
}

function Code({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null);
  const scrolls = useScrolls(box);
  return (
    <pre ref={box} className={`wb-mono ${classes.code}`} lang="en" tabIndex={scrolls ? 0 : undefined}>
      {text}
    </pre>
  );
}

type Table = Extract<EvidenceBlock, { kind: 'table' }>;

/** Numbers stand at the right, as sums want it. */
const isFigure = (text: string): boolean => /^[−-]?[\d.,]+( ?[a-zA-Z%/]+)?$/.test(text);

function Figures({ table, label }: { table: Table; label: string }) {
  const rows = table.rows.map((cells, index) => ({ key: String(index), cells }));
  return (
    <DataTable
      embedded
      label={label}
      rows={rows}
      rowKey={(row) => row.key}
      rowLabel={(row) => row.cells[0] ?? row.key}
      columns={table.head.map((header, index) => ({
        key: `${index}`,
        header,
        right: index > 0 && table.rows.every((cells) => isFigure(cells[index] ?? '')),
        cell: ({ cells }: { cells: readonly string[] }) => <Prose text={cells[index] ?? ''} />,
      }))}
    />
  );
}
