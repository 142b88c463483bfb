'use client';
import type { Icon } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useShortcut } from './keyboard.tsx';
import { later } from './later.tsx';
import { useMessages } from './locale.tsx';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  readonly sub?: string;
  /** The heading it stands under. */
  readonly group: string;
  readonly href: string;
  readonly icon?: Icon;
  readonly keys?: string;
}

export interface PaletteProps {
  /** Pages and commands, filtered here by their label. */
  readonly commands: readonly PaletteItem[];
  /** Finds records; asked again as the person types. Throws when the server does not answer. */
  readonly find: (query: string, signal: AbortSignal) => Promise<readonly PaletteItem[]>;
}

const PaletteBox = later<PaletteProps & { readonly asked: number }>(() =>
  import('./palette-box.tsx').then((file) => file.PaletteBox),
);

/** The one palette of the page. */
const asking = new EventTarget();
export const openPalette = (): void => void asking.dispatchEvent(new Event('open'));

/** Search and commands: ⌘K, or `/`. Records found by the server come first, then pages. */
export function Palette(props: PaletteProps) {
  const { t } = useMessages();
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const open = () => setAsked((times) => times + 1);
    asking.addEventListener('open', open);
    return () => asking.removeEventListener('open', open);
  }, []);
  useShortcut('mod+k', t('ui.shortcuts.palette'), openPalette, { section: 'global' });
  useShortcut('/', t('ui.search'), openPalette, { section: 'global' });
  return asked > 0 && <PaletteBox {...props} asked={asked} />;
}
