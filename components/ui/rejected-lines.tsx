'use client';
import { Button } from '@mantine/core';
import { type Column, DataTable } from './data-table.tsx';
import { Section } from './detail-layout.tsx';
import { useMessages } from './locale.tsx';

/** What is wrong with a line of a file. */
export interface RejectedLine {
  readonly line: number;
  readonly sku: string;
  readonly column?: string | null;
  readonly reason: string;
}

/** A dialog lists this many; the download has them all. */
const LISTED = 50;

function download(csv: string): void {
  const url = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
  Object.assign(document.createElement('a'), { href: url, download: 'rejected-lines.csv' }).click();
  URL.revokeObjectURL(url);
}

interface Props {
  readonly rows: readonly RejectedLine[];
  /** Of how many these are the first. */
  readonly count: number;
  /** Whether lines say which of their columns is wrong. */
  readonly byColumn?: boolean;
  readonly toCsv: () => string;
}

/** The lines of a file that cannot be taken, and why; all of them to take away. */
export function RejectedLines({ rows, count, byColumn = false, toCsv }: Props) {
  const { t } = useMessages();
  const column: Column<RejectedLine> = {
    key: 'column',
    header: t('stockIo.column'),
    cell: (row) => <span className="wb-mono">{row.column ?? t('ui.unknown')}</span>,
  };
  const columns: Column<RejectedLine>[] = [
    { key: 'line', header: t('actions.import.line'), cell: (row) => row.line, card: 'endSub' },
    { key: 'sku', header: t('actions.import.sku'), cell: (row) => row.sku || t('ui.unknown'), card: 'title' },
    ...(byColumn ? [column] : []),
    { key: 'why', header: t(byColumn ? 'stockIo.whatToDo' : 'actions.import.why'), cell: (row) => row.reason, card: 'sub' },
  ];
  const save = (
    <Button variant="default" size="compact-xs" onClick={() => download(toCsv())}>
      {t('actions.import.download')}
    </Button>
  );
  return (
    <Section title={t('actions.import.rejectedLines')} count={count} actions={save}>
      <DataTable
        embedded
        label={t('actions.import.rejectedLines')}
        columns={columns}
        rows={rows.slice(0, LISTED)}
        rowKey={(row) => `${row.line}:${row.sku}:${row.column ?? ''}:${row.reason}`}
        rowLabel={(row) => String(row.line)}
      />
      {count > LISTED && <p>{t('actions.import.more', { count: count - LISTED })}</p>}
    </Section>
  );
}
