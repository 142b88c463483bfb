'use client';
import { Modal, Title } from '@mantine/core';
import { Keys } from './keys.tsx';
import { useMessages } from './locale.tsx';
import { SECTION_LABELS, type Shortcut, type ShortcutSection } from './shortcut.ts';
import classes from './shortcut-help.module.css';

const SECTIONS: readonly ShortcutSection[] = ['global', 'go', 'list', 'page'];

/** Every key that works on the page behind it. */
export function ShortcutHelp({ shortcuts, onClose }: { shortcuts: readonly Shortcut[]; onClose: () => void }) {
  const { t } = useMessages();
  const fixed: Shortcut[] = [
    { keys: 'mod+enter', label: t('ui.shortcuts.confirm'), section: 'global', run: onClose },
    { keys: 'escape', label: t('ui.shortcuts.close'), section: 'global', run: onClose },
  ];
  const all = [...new Map([...shortcuts, ...fixed].map((shortcut) => [shortcut.keys, shortcut])).values()];
  return (
    <Modal opened onClose={onClose} title={t('ui.shortcuts.title')} size="lg" closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <div className={classes.grid}>
        {SECTIONS.map((section) => {
          const rows = all.filter((shortcut) => shortcut.section === section);
          if (rows.length === 0) return null;
          return (
            <section key={section}>
              <Title order={3}>{t(SECTION_LABELS[section])}</Title>
              <ul className={classes.list}>
                {rows.map((row) => (
                  <li key={row.keys} className={classes.row}>
                    <span>{row.label}</span>
                    <Keys keys={row.keys} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </div>
    </Modal>
  );
}
