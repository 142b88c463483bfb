'use client';
import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { shortId } from '../../server/kernel/ids.ts';
import classes from './copy.module.css';
import { useMessages } from './locale.tsx';

/** How long the tick stays. */
const COPIED_MS = 1_500;

/** Text with a copy button. `shown` is what is seen when it is not the value itself; `what` names it for a screen reader. */
export function CopyText(props: { value: string; shown?: string; what?: string; mono?: boolean }) {
  const { t } = useMessages();
  const clipboard = useClipboard({ timeout: COPIED_MS });
  const shown = props.shown ?? props.value;
  return (
    <span className={classes.copy}>
      <span className={`${classes.text} ${props.mono ? 'wb-mono' : ''}`} title={shown === props.value ? undefined : props.value}>
        {shown}
      </span>
      <ActionIcon
        size={24}
        className={classes.button}
        data-copied={clipboard.copied || undefined}
        aria-label={clipboard.copied ? t('ui.copied') : t('ui.copy', { what: props.what ?? shown })}
        onClick={(event) => {
          event.stopPropagation();
          clipboard.copy(props.value);
        }}
      >
        {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </span>
  );
}

/** A UUID: its last six digits, the whole one on hover and in the clipboard. */
export function Id({ value }: { value: string }) {
  return <CopyText value={value} shown={shortId(value)} mono />;
}
