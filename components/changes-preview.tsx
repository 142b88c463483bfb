'use client';
import { useActorName } from './actor-name.ts';
import { refusalOf } from './trpc.tsx';
import { Bar } from './ui/bars.tsx';
import { KeyValue } from './ui/detail-layout.tsx';
import { useMessages } from './ui/locale.tsx';

/** One field that a form would change. */
export interface FieldChange {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** What a form would change, by field; where somebody was faster, who. The form keeps what was typed and compares it with what is now. */
export function ChangesPreview({ changes, error }: { changes: readonly FieldChange[]; error: unknown }) {
  const { t } = useMessages();
  const actor = useActorName();
  const refusal = refusalOf(error);
  const by = refusal?.code === 'conflict' ? refusal.data?.changedBy : undefined;
  const known = typeof by === 'object' && by !== null && 'kind' in by ? (by as Parameters<typeof actor>[0]) : undefined;
  if (!known && changes.length === 0) return null;
  return (
    <>
      {known && <Bar tone="attention" title={t('actions.changedMeanwhile', { name: actor(known) })} />}
      <KeyValue
        items={changes.map(({ label, before, after }) => ({
          label,
          value: `${before || t('ui.unknown')} → ${after || t('ui.unknown')}`,
        }))}
      />
    </>
  );
}
