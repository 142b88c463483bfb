'use client';
import { Button } from '@mantine/core';
import type { FilePreview, PlannedLine, RejectedCell } from '../../server/domains/stock-files/rules.ts';
import { rejectedCellsCsv } from '../../server/domains/stock-files/rules.ts';
import { Bar } from '../ui/bars.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';

/** The dialog lists this many; the download has them all. */
const LISTED = 50;

function download(rejected: readonly RejectedCell[]): void {
  const url = URL.createObjectURL(new Blob([rejectedCellsCsv(rejected)], { type: 'text/csv;charset=utf-8' }));
  Object.assign(document.createElement('a'), { href: url, download: 'rejected-lines.csv' }).click();
  URL.revokeObjectURL(url);
}

function Rejected({ plan }: { plan: FilePreview }) {
  const { t } = useMessages();
  const columns: Column<RejectedCell>[] = [
    { key: 'line', header: t('actions.import.line'), cell: (row) => row.line, card: 'endSub' },
    { key: 'sku', header: t('actions.import.sku'), cell: (row) => row.sku || t('ui.unknown'), card: 'title' },
    {
      key: 'column',
      header: t('stockIo.column'),
      cell: (row) => <span className="wb-mono">{row.column ?? t('ui.unknown')}</span>,
    },
    { key: 'why', header: t('stockIo.whatToDo'), cell: (row) => row.reason, card: 'sub' },
  ];
  const save = (
    <Button variant="default" size="compact-xs" onClick={() => download(plan.rejected)}>
      {t('actions.import.download')}
    </Button>
  );
  return (
    <Section title={t('actions.import.rejectedLines')} count={plan.rejectedCount} actions={save}>
      <DataTable
        embedded
        label={t('actions.import.rejectedLines')}
        columns={columns}
        rows={plan.rejected.slice(0, LISTED)}
        rowKey={(row) => `${row.line}:${row.column}:${row.reason}`}
        rowLabel={(row) => String(row.line)}
      />
      {plan.rejected.length > LISTED && <p>{t('actions.import.more', { count: plan.rejected.length - LISTED })}</p>}
    </Section>
  );
}

function Changes({ plan }: { plan: FilePreview }) {
  const { t } = useMessages();
  const said = ({ column, before, after }: PlannedLine['changes'][number]): string =>
    `${column} ${before === '' ? t('ui.unknown') : before} → ${after === '' ? t('ui.unknown') : after}`;
  const columns: Column<PlannedLine>[] = [
    { key: 'line', header: t('actions.import.line'), cell: (row) => row.line, card: 'endSub' },
    { key: 'sku', header: t('actions.import.sku'), cell: (row) => row.sku, card: 'title' },
    { key: 'where', header: t('stockIo.where'), cell: (row) => row.where, card: 'end' },
    { key: 'what', header: t('stockIo.changes'), cell: (row) => row.changes.map(said).join('; '), card: 'sub' },
  ];
  return (
    <Section title={t('stockIo.changedLines')} count={plan.changed}>
      <DataTable
        embedded
        label={t('stockIo.changedLines')}
        columns={columns}
        rows={plan.sample}
        rowKey={(row) => String(row.line)}
        rowLabel={(row) => row.sku}
      />
    </Section>
  );
}

/** What a file would do: how many lines, what is wrong with which, and the first changes. */
export function FilePreviewView({ plan }: { plan: FilePreview }) {
  const { t } = useMessages();
  const format = useFormat();
  const figure = (label: string, value: number, strong = false) => ({
    label,
    value: <span className="wb-number">{format.number(value)}</span>,
    strong,
  });
  return (
    <>
      <KeyValue
        figures
        items={[
          figure(t('actions.import.changed'), plan.changed),
          figure(t('actions.import.unchanged'), plan.unchanged),
          figure(t('actions.import.rejected'), plan.rejectedCount, plan.rejectedCount > 0),
        ]}
      />
      {plan.waits && <Bar tone="attention" title={t('stockIo.waits')} />}
      {plan.rejectedCount > 0 && <Rejected plan={plan} />}
      {plan.sample.length > 0 && <Changes plan={plan} />}
    </>
  );
}
