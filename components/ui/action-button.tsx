'use client';
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { useId } from 'react';
import { useShortcut } from './keyboard.tsx';

interface ActionButtonProps extends Pick<ButtonProps, 'variant' | 'color' | 'size' | 'loading'> {
  readonly label: string;
  readonly icon?: Icon;
  /** Why it cannot be done now, from the domain's rules. The button stays visible and focusable, and says so. */
  readonly reason?: string | null;
  /** A key of its own, such as 'r'. */
  readonly keys?: string;
  readonly onClick: () => void;
}

/**
 * A button that explains itself when it cannot be used: aria-disabled rather than disabled, so that keyboard and screen reader
 * reach it and hear the reason.
 */
export function ActionButton(props: ActionButtonProps) {
  const { label, icon: Icon, reason, keys, onClick, ...rest } = props;
  const id = useId();
  useShortcut(keys ?? '', label, onClick, { enabled: keys !== undefined && !reason });
  const button = (
    <Button
      {...rest}
      leftSection={Icon ? <Icon size={16} stroke={1.75} aria-hidden /> : undefined}
      aria-disabled={reason ? true : undefined}
      data-disabled={reason ? true : undefined}
      aria-describedby={reason ? id : undefined}
      aria-keyshortcuts={keys && !reason ? keys : undefined}
      onClick={reason ? (event) => event.preventDefault() : onClick}
    >
      {label}
    </Button>
  );
  if (!reason) return button;
  return (
    <>
      <Tooltip label={reason} events={{ hover: true, focus: true, touch: true }}>
        {button}
      </Tooltip>
      <span id={id} className="wb-visually-hidden">
        {reason}
      </span>
    </>
  );
}
