'use client';
import type { FieldChange } from '../../server/views/audit.ts';
import { useMessages } from '../ui/locale.tsx';
import classes from './change-list.module.css';

/** The fields of a change; unfolded, each with what it was and what it became. */
export function ChangeList({ changes }: { changes: readonly FieldChange[] }) {
  const { t } = useMessages();
  if (changes.length === 0) return t('ui.unknown');
  const text = (value: FieldChange['before']) => (value === undefined || value === null ? t('audit.absent') : plain(value));
  return (
    <details className={classes.changes}>
      <summary>
        {t('audit.fields', { count: changes.length })}: {changes.map((change) => change.field).join(', ')}
      </summary>
      <dl className={classes.fields}>
        {changes.map((change) => (
          <div key={change.field} className={classes.field}>
            <dt>{change.field}</dt>
            <dd>
              <del>{text(change.before)}</del> → <ins>{text(change.after)}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function plain(value: NonNullable<FieldChange['before']>): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
