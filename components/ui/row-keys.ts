'use client';
import type { RefObject } from 'react';
import { useShortcut } from './keyboard.tsx';
import { useMessages } from './locale.tsx';

/**
 * j and k move the focus from row to row, Enter opens (the focus is on the row's link, so the browser does it), x selects.
 * Moving the real focus keeps screen readers and the eye on the same row.
 */
export function useRowKeys(region: RefObject<HTMLElement | null>, options: { enabled: boolean; selectable: boolean }): void {
  const { t } = useMessages();
  const rows = () => [...(region.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const currentIndex = (all: HTMLElement[]) => all.findIndex((row) => row.contains(document.activeElement));
  const move = (step: number) => {
    const all = rows();
    const at = currentIndex(all);
    const target = all[Math.max(0, Math.min(all.length - 1, at + step))];
    const focusable =
      target?.querySelector<HTMLElement>('[data-row-link]') ?? target?.querySelector<HTMLElement>('input, button, a');
    focusable?.focus();
    target?.scrollIntoView({ block: 'nearest' });
  };
  const select = () => {
    const all = rows();
    all[currentIndex(all)]?.querySelector<HTMLElement>('input[type=checkbox]')?.click();
  };
  const { enabled } = options;
  useShortcut('j', t('ui.shortcuts.down'), () => move(1), { section: 'list', enabled });
  useShortcut('k', t('ui.shortcuts.up'), () => move(-1), { section: 'list', enabled });
  useShortcut('x', t('ui.shortcuts.selectRow'), select, { section: 'list', enabled: enabled && options.selectable });
}
