'use client';
import { ActionIcon, Group, MultiSelect, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useMessages } from '../ui/locale.tsx';
import classes from './gateways.module.css';

/** One gateway of a merchant's list as it is edited. */
export interface Line {
  readonly gateway: string;
  readonly currencies?: string[] | undefined;
  readonly methods?: string[] | undefined;
}

const ICON_PIXELS = 16;

const listOf = (typed: string): string[] =>
  typed
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);

/** A gateway with its place in the order, moved by buttons, and what it is for. */
export function GatewayLine({
  line,
  first,
  last,
  methods,
  onMove,
  onRemove,
  onChange,
}: {
  line: Line;
  first: boolean;
  last: boolean;
  methods: readonly string[];
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onChange: (line: Line) => void;
}) {
  const { t, word } = useMessages();
  const gateway = word('payments.gateways', line.gateway);
  const [typed, setTyped] = useState(line.currencies?.join(', ') ?? '');
  const icon = { size: ICON_PIXELS, 'aria-hidden': true } as const;
  const button = { variant: 'default', size: 'md' } as const;
  return (
    <li className={classes.line}>
      <span className={classes.name}>{gateway}</span>
      <Group gap={4} wrap="nowrap">
        <ActionIcon {...button} disabled={first} onClick={() => onMove(-1)} aria-label={t('payments.routing.up', { gateway })}>
          <IconArrowUp {...icon} />
        </ActionIcon>
        <ActionIcon {...button} disabled={last} onClick={() => onMove(1)} aria-label={t('payments.routing.down', { gateway })}>
          <IconArrowDown {...icon} />
        </ActionIcon>
        <ActionIcon {...button} onClick={onRemove} aria-label={t('payments.routing.remove', { gateway })}>
          <IconTrash {...icon} />
        </ActionIcon>
      </Group>
      <div className={classes.fields}>
        <TextInput
          label={t('payments.routing.currencies')}
          description={t('payments.routing.currenciesHint')}
          value={typed}
          maxLength={250}
          onChange={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            const currencies = listOf(text);
            const { currencies: _, ...rest } = line;
            onChange(currencies.length > 0 ? { ...rest, currencies } : rest);
          }}
        />
        {methods.length > 1 && (
          <MultiSelect
            label={t('payments.routing.methods')}
            description={t('payments.routing.methodsHint')}
            value={line.methods ?? []}
            data={methods.map((method) => ({ value: method, label: word('payments.methods', method) }))}
            onChange={(chosen) => {
              const { methods: _, ...rest } = line;
              onChange(chosen.length > 0 ? { ...rest, methods: chosen } : rest);
            }}
          />
        )}
      </div>
    </li>
  );
}
