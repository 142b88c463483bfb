'use client';
import type { Finding } from '../../server/views/integrity/invariant.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './finding-table.module.css';

/** The oracle's words as the kit's. */
const LOOK = { holds: 'ok', violated: 'failing', not_checked: 'unknown' } as const satisfies Record<Finding['state'], string>;

/** One row per invariant; what breaks it is listed under its rule. */
export function FindingTable({ label, findings }: { label: string; findings: readonly Finding[] }) {
  const { t } = useMessages();
  const format = useFormat();
  return (
    <DataTable
      embedded
      label={label}
      rows={findings}
      rowKey={(finding) => finding.id}
      rowLabel={(finding) => finding.id}
      columns={[
        { key: 'rule', header: t('integrity.rule'), card: 'title', cell: (finding) => <Rule finding={finding} /> },
        {
          key: 'check',
          header: t('integrity.check'),
          card: 'end',
          width: 120,
          cell: (finding) => <StatusBadge kind="check" value={LOOK[finding.state]} />,
        },
        {
          key: 'violations',
          header: t('integrity.violations'),
          right: true,
          width: 100,
          cell: (finding) => (finding.state === 'not_checked' ? t('ui.unknown') : format.number(finding.violations)),
        },
      ]}
    />
  );
}

function Rule({ finding }: { finding: Finding }) {
  return (
    <div className={classes.rule}>
      {finding.title}
      {finding.note && <span className={classes.note}>{finding.note}</span>}
      {finding.samples.length > 0 && (
        <ul className={classes.samples}>
          {finding.samples.map((sample) => (
            <li key={sample} className="wb-mono">
              {sample}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
