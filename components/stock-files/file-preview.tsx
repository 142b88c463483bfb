'use client';
import type { FilePreview, PlannedLine } from '../../server/domains/stock-files/rules.ts';
import { rejectedCellsCsv } from '../../server/domains/stock-files/rules.ts';
import { Bar } from '../ui/bars.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { RejectedLines } from '../ui/rejected-lines.tsx';

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
      {plan.rejectedCount > 0 && (
        <RejectedLines rows={plan.rejected} count={plan.rejectedCount} byColumn toCsv={() => rejectedCellsCsv(plan.rejected)} />
      )}
      {plan.sample.length > 0 && <Changes plan={plan} />}
    </>
  );
}
