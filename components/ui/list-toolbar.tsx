'use client';
import { Checkbox, CloseButton, Popover, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './data-list.module.css';
import { formatCount } from './format.ts';
import { useMessages } from './locale.tsx';

/** A saved way of looking at the list, as a tab over it. */
export interface ListView {
  readonly key: string;
  readonly label: string;
  readonly active: boolean;
  readonly count?: number;
  readonly onSelect: () => void;
}

export interface ListFilter {
  readonly key: string;
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly values: readonly string[];
  readonly onChange: (values: string[]) => void;
}

/** Long enough to finish a word, short enough to feel at once. */
const SEARCH_DELAY_MS = 250;

/** `label` tells two of them on one page apart. */
export function ViewTabs({ views, label }: { views: readonly ListView[]; label?: string }) {
  const { t } = useMessages();
  return (
    <nav className={classes.views} aria-label={label ?? t('ui.views')}>
      {views.map((view) => (
        <button key={view.key} type="button" className={classes.view} aria-pressed={view.active} onClick={view.onSelect}>
          {view.label}
          {view.count !== undefined && <span className={classes.viewCount}>{formatCount(view.count)}</span>}
        </button>
      ))}
    </nav>
  );
}

/** Search as one types; the address is the truth, so Back and a cleared filter reset the field. */
export function SearchField(props: { value: string; label: string; onChange: (value: string) => void }) {
  const { t } = useMessages();
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const report = useDebouncedCallback(props.onChange, SEARCH_DELAY_MS);
  return (
    <TextInput
      type="search"
      className={classes.search}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label={t('ui.clearSearch')} onClick={() => props.onChange('')} />}
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        report(event.currentTarget.value.trim());
      }}
    />
  );
}

function FilterChip({ filter }: { filter: ListFilter }) {
  const { t } = useMessages();
  const chosen = filter.options.filter((option) => filter.values.includes(option.value)).map((option) => option.label);
  const isSet = filter.values.length > 0;
  const value = chosen.join(', ') || filter.values.join(', ');
  const named = isSet ? [value] : [];
  return (
    <span className={isSet ? classes.chipSet : undefined}>
      <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={classes.chip}
            aria-label={t('ui.addFilter', { name: [filter.label, ...named].join(' ') })}
          >
            {!isSet && <IconPlus size={14} aria-hidden />}
            {filter.label} {isSet && <span className={classes.chipValue}>{value}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={filter.label}>
          <Checkbox.Group value={[...filter.values]} onChange={filter.onChange} aria-label={filter.label}>
            <div className={classes.options}>
              {filter.options.map((option) => (
                <Checkbox key={option.value} value={option.value} label={option.label} />
              ))}
            </div>
          </Checkbox.Group>
        </Popover.Dropdown>
      </Popover>
      {isSet && (
        <button
          type="button"
          className={classes.chipRemove}
          aria-label={t('ui.removeFilter', { name: filter.label })}
          onClick={() => filter.onChange([])}
        >
          <IconX size={14} aria-hidden />
        </button>
      )}
    </span>
  );
}

export function FilterChips({ filters, end }: { filters: readonly ListFilter[]; end?: ReactNode }) {
  return (
    <>
      {filters.map((filter) => (
        <FilterChip key={filter.key} filter={filter} />
      ))}
      {end}
    </>
  );
}
