'use client';
import { type RefObject, useEffect } from 'react';
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

const STEPS: Readonly<Record<string, readonly [rows: number, cells: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Arrows go from cell to cell as in a sheet: a row's link first, then what carries `data-cell`. The cells are no stops of the Tab key, of which
 * there would be hundreds. Enter is the browser's: it presses the button or follows the link that has the focus.
 */
export function useCellKeys(region: RefObject<HTMLElement | null>, enabled: boolean): void {
  useEffect(() => {
    const table = region.current;
    if (!enabled || !table) return;
    const move = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const rows = [...table.querySelectorAll<HTMLElement>('[data-row]')].map((row) => [
        ...row.querySelectorAll<HTMLElement>('[data-row-link], [data-cell]'),
      ]);
      const held = document.activeElement as HTMLElement;
      const row = rows.findIndex((cells) => cells.includes(held));
      if (row < 0) return;
      const target = rows[row + step[0]]?.[(rows[row]?.indexOf(held) ?? 0) + step[1]];
      event.preventDefault();
      target?.focus();
      target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    };
    table.addEventListener('keydown', move);
    return () => table.removeEventListener('keydown', move);
  }, [region, enabled]);
}
