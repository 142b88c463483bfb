'use client';
import { ActionIcon, Checkbox, Popover, Tooltip } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { usePathname } from 'next/navigation';
import classes from './data-list.module.css';
import type { Column } from './data-table.tsx';
import { useMessages } from './locale.tsx';
import { useHabitKey } from './person.tsx';
import { isTexts, useRemembered } from './remembered.ts';

/** Which columns of this list the person has put away, remembered for the next time. */
export function useHiddenColumns(): [ReadonlySet<string>, (hidden: readonly string[]) => void] {
  const path = usePathname();
  const [hidden, keep] = useRemembered<string[]>(useHabitKey(`columns:${path}`), NONE, isTexts);
  return [new Set(hidden), (names) => keep([...names])];
}

const NONE: string[] = [];

interface ColumnChoiceProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly hidden: ReadonlySet<string>;
  readonly onChange: (hidden: readonly string[]) => void;
}

/** Chooses columns. The first one stays: it is the way into the record. */
export function ColumnChoice<Row>({ columns, hidden, onChange }: ColumnChoiceProps<Row>) {
  const { t } = useMessages();
  const optional = columns.slice(1).filter((column) => !column.cardOnly);
  if (optional.length < 2) return null;
  const shown = optional.filter((column) => !hidden.has(column.key)).map((column) => column.key);
  const label = t('ui.columns');
  return (
    <span className={classes.columnChoice}>
      <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <Tooltip label={label}>
            <ActionIcon variant="default" size={28} aria-label={label}>
              <IconColumns3 size={16} stroke={1.75} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown aria-label={label}>
          <Checkbox.Group
            value={shown}
            onChange={(kept) => onChange(optional.map((column) => column.key).filter((key) => !kept.includes(key)))}
            aria-label={label}
          >
            <div className={classes.options}>
              {optional.map((column) => (
                <Checkbox key={column.key} value={column.key} label={column.header} />
              ))}
            </div>
          </Checkbox.Group>
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
