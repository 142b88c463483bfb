'use client';
import { Button } from '@mantine/core';
import { useMessages } from './locale.tsx';

/** Reads the next rows of a list inside a page; nothing where there are no more. */
export function MoreButton({ more, busy }: { more: (() => void) | undefined; busy: boolean }) {
  const { t } = useMessages();
  if (!more) return null;
  return (
    <Button variant="default" size="xs" mt="xs" loading={busy} onClick={more}>
      {t('ui.more')}
    </Button>
  );
}
