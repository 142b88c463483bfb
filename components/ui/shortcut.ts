import type { MessageKey } from './messages/catalogue.ts';

export type ShortcutSection = 'global' | 'go' | 'list' | 'page';

export interface Shortcut {
  /** One key ('c', '/', '['), a sequence ('g o'), or with ⌘/Ctrl ('mod+k'). Compared with KeyboardEvent.key. */
  readonly keys: string;
  readonly label: string;
  readonly section: ShortcutSection;
  readonly run: () => void;
}

export const SECTION_LABELS: Readonly<Record<ShortcutSection, MessageKey>> = {
  global: 'ui.shortcuts.global',
  go: 'ui.shortcuts.go',
  list: 'ui.shortcuts.list',
  page: 'ui.shortcuts.page',
};
