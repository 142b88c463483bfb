'use client';
import { Anchor, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useMessages } from './locale.tsx';
import { type ErrorShown, useErrorText } from './states.tsx';
import classes from './toast.module.css';
import { type Undoable, useCountdown, useUndoable } from './undo.tsx';

interface SuccessToast {
  readonly message: string;
  /** Where the result is to be seen. */
  readonly link?: { readonly href: string; readonly label: string };
  /** For risky actions: offered until the server carries it out. */
  readonly undo?: UndoOffer;
}

/** How to take it back, and until when. */
export interface UndoOffer extends Undoable {
  readonly until: Date;
}

const SUCCESS_MS = 6_000;

/** Counts down beside the message, and answers to `z` as long as it is shown. */
function UndoButton({ offer, onDone }: { offer: UndoOffer; onDone: () => void }) {
  const { t } = useMessages();
  const seconds = useCountdown(offer.until);
  const run = () => {
    onDone();
    offer.run();
  };
  useUndoable(seconds > 0 ? { ...offer, run } : null);
  if (seconds === 0) return null;
  return (
    <UnstyledButton className={classes.undo} onClick={run}>
      {/* A name that changes every second would be read out every second. */}
      {t('ui.undo')}{' '}
      <span aria-hidden className={classes.seconds}>
        {t('ui.seconds', { count: seconds })}
      </span>
    </UnstyledButton>
  );
}

/** `toast.success({ message, link, undo })`, `toast.error(shownError(error))`, and `toast.withdraw(undo.id)`. */
export function useToast() {
  const { t } = useMessages();
  const text = useErrorText();
  return useMemo(() => {
    const closeButtonProps = { 'aria-label': t('ui.close') };
    const success = ({ message, link, undo }: SuccessToast) => {
      // The same deed once more takes the place of the toast before.
      if (undo) notifications.hide(undo.id);
      const id = notifications.show({
        ...(undo ? { id: undo.id } : {}),
        color: 'green',
        withBorder: true,
        icon: <IconCheck size={16} aria-hidden />,
        autoClose: undo ? Math.max(SUCCESS_MS, undo.until.getTime() - Date.now()) : SUCCESS_MS,
        closeButtonProps,
        message: (
          <span className={classes.line}>
            <span>{message}</span>
            {link && (
              <Anchor component={Link} href={link.href} size="sm" onClick={() => notifications.hide(id)}>
                {link.label}
              </Anchor>
            )}
            {undo && <UndoButton offer={undo} onDone={() => notifications.hide(id)} />}
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
    /** An undo that was begun elsewhere is not offered any longer. */
    const withdraw = (undoId: string) => notifications.hide(undoId);
    return { success, error, withdraw };
  }, [t, text]);
}
