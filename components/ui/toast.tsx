'use client';
import { Anchor, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useMessages } from './locale.tsx';
import { type ErrorShown, useErrorText } from './states.tsx';
import classes from './toast.module.css';

interface SuccessToast {
  readonly message: string;
  /** Where the result is to be seen. */
  readonly link?: { readonly href: string; readonly label: string };
  /** For risky actions; offered for ten seconds. */
  readonly undo?: () => void;
}

/** UI.md: undo for 10 s. */
const UNDO_MS = 10_000;
const SUCCESS_MS = 6_000;

/** `toast.success({ message, link, undo })` and `toast.error(shownError(error))`. */
export function useToast() {
  const { t } = useMessages();
  const text = useErrorText();
  return useMemo(() => {
    const closeButtonProps = { 'aria-label': t('ui.close') };
    const success = ({ message, link, undo }: SuccessToast) => {
      const id = notifications.show({
        color: 'green',
        withBorder: true,
        icon: <IconCheck size={16} aria-hidden />,
        autoClose: undo ? UNDO_MS : SUCCESS_MS,
        closeButtonProps,
        message: (
          <span className={classes.line}>
            <span>{message}</span>
            {link && (
              <Anchor component={Link} href={link.href} size="sm" onClick={() => notifications.hide(id)}>
                {link.label}
              </Anchor>
            )}
            {undo && (
              <UnstyledButton
                className={classes.undo}
                onClick={() => {
                  notifications.hide(id);
                  undo();
                }}
              >
                {t('ui.undo')}
              </UnstyledButton>
            )}
          </span>
        ),
      });
    };
    const error = (shown: ErrorShown | undefined) => {
      if (!shown) return;
      notifications.show({
        color: 'red',
        withBorder: true,
        icon: <IconAlertTriangle size={16} aria-hidden />,
        autoClose: false,
        closeButtonProps,
        message: text(shown),
      });
    };
    return { success, error };
  }, [t, text]);
}
