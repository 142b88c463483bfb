'use client';
import { Button, Modal } from '@mantine/core';
import { CopyText } from '../ui/copy.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './settings.module.css';

export interface LinkShown {
  readonly title: string;
  readonly text: string;
  readonly url: string;
}

/** A secret that is shown once: a link to pass on, or a key. */
export function LinkDialog({ link, what, onClose }: { link: LinkShown | null; what?: string; onClose: () => void }) {
  const { t } = useMessages();
  return (
    <Modal opened={link !== null} onClose={onClose} title={link?.title} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      {link && (
        <div className={classes.form}>
          <p>{link.text}</p>
          <div className={classes.link}>
            <CopyText value={link.url} what={what ?? t('people.users.linkName')} mono />
          </div>
          <Button onClick={onClose}>{t('people.users.done')}</Button>
        </div>
      )}
    </Modal>
  );
}
