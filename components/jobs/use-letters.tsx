'use client';
import { type ReactNode, useState } from 'react';
import { usePowers } from '../powers.ts';
import { ActionButton } from '../ui/action-button.tsx';
import type { Selection } from '../ui/data-table.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type Letters, RetryDialog } from './retry-dialog.tsx';

interface Retrying {
  readonly selection: Selection | undefined;
  /** The button that retries what is selected, or everything where nothing is. */
  readonly button: ReactNode;
  readonly dialog: ReactNode;
}

/** Choosing dead letters of a list and retrying them. `dead` is undefined where the list shows something else. */
export function useLetters<Row>(
  dead: readonly Row[] | undefined,
  keyOf: (row: Row) => string,
  toLetters: (rows: readonly Row[]) => Letters,
): Retrying {
  const { t } = useMessages();
  const powers = usePowers();
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [letters, setLetters] = useState<Letters | null>(null);
  if (dead === undefined || !powers.may('jobs.retry')) return { selection: undefined, button: null, dialog: null };
  const chosen = dead.filter((row) => keys.has(keyOf(row)));
  return {
    selection: { keys, onChange: setKeys },
    button: (
      <ActionButton
        size="xs"
        variant="default"
        label={chosen.length > 0 ? t('jobs.retry.chosen', { count: chosen.length }) : t('jobs.retry.all')}
        reason={dead.length === 0 ? t('jobs.retry.nothing') : null}
        onClick={() => setLetters(toLetters(chosen.length > 0 ? chosen : dead))}
      />
    ),
    dialog: letters && (
      <RetryDialog
        letters={letters}
        onClose={(retried) => {
          setLetters(null);
          if (retried) setKeys(new Set());
        }}
      />
    ),
  };
}
