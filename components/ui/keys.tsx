'use client';
import { useOs } from '@mantine/hooks';
import { useMessages } from './locale.tsx';
import classes from './shortcut-help.module.css';

/** Keys as they are printed on the keyboard in front of the person. */
export function Keys({ keys }: { keys: string }) {
  const { t } = useMessages();
  const os = useOs();
  const modifier = os === 'macos' || os === 'ios' ? '⌘' : 'Ctrl';
  const names: Readonly<Record<string, string>> = { mod: modifier, enter: 'Enter', escape: 'Esc' };
  const presses = keys.split(' ');
  return (
    <span className={classes.keys}>
      {presses.map((press, index) => (
        <span key={press} className={classes.keys}>
          {index > 0 && <span>{t('ui.shortcuts.sequence')}</span>}
          {press.split('+').map((key) => (
            <kbd key={key} className={classes.key}>
              {names[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key)}
            </kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
