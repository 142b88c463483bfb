'use client';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { type Icon, IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { useShortcut } from './keyboard.tsx';
import { useMessages } from './locale.tsx';
import classes from './palette.module.css';
import { Keys } from './shortcut-help.tsx';

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

interface PaletteProps {
  /** Pages and commands, filtered here by their label. */
  readonly commands: readonly PaletteItem[];
  /** Finds records; asked again as the person types. Throws when the server does not answer. */
  readonly find: (query: string, signal: AbortSignal) => Promise<readonly PaletteItem[]>;
}

interface Found {
  readonly query: string;
  readonly items: readonly PaletteItem[];
  readonly failed: boolean;
}

const SEARCH_DELAY_MS = 120;
/** One letter finds everything and tells nothing. */
const MIN_QUERY = 2;

export const openPalette = spotlight.open;

function useFound(query: string, find: PaletteProps['find']): Found {
  const [asked] = useDebouncedValue(query.trim(), SEARCH_DELAY_MS);
  const [found, setFound] = useState<Found>({ query: '', items: [], failed: false });
  useEffect(() => {
    if (asked.length < MIN_QUERY) return setFound({ query: asked, items: [], failed: false });
    const stop = new AbortController();
    find(asked, stop.signal).then(
      (items) => !stop.signal.aborted && setFound({ query: asked, items, failed: false }),
      () => !stop.signal.aborted && setFound({ query: asked, items: [], failed: true }),
    );
    return () => stop.abort();
  }, [asked, find]);
  return found;
}

/** Search and commands: ⌘K, or `/`. Records found by the server come first, then pages. */
export function Palette({ commands, find }: PaletteProps) {
  const { t } = useMessages();
  const router = useRouter();
  const [query, setQuery] = useState('');
  const found = useFound(query, find);
  useShortcut('mod+k', t('ui.shortcuts.palette'), openPalette, { section: 'global' });
  useShortcut('/', t('ui.search'), openPalette, { section: 'global' });
  const wanted = query.trim().toLowerCase();
  const pages = commands.filter((command) => `${command.group} ${command.label}`.toLowerCase().includes(wanted));
  const groups = new Map<string, SpotlightActionData[]>();
  for (const item of [...(wanted ? found.items : []), ...pages]) {
    const { icon: Icon } = item;
    const actions = groups.get(item.group) ?? [];
    groups.set(item.group, actions);
    actions.push({
      id: item.id,
      label: item.label,
      description: item.sub,
      leftSection: Icon && <Icon size={16} stroke={1.75} aria-hidden />,
      rightSection: item.keys && <Keys keys={item.keys} />,
      onClick: () => router.push(item.href),
    });
  }
  // What the server found comes after the last keystroke, and nothing is marked in it yet: Enter means the first.
  const openFirst = (event: KeyboardEvent) => {
    const [first] = [...groups.values()][0] ?? [];
    const marked = document.querySelector('[data-action][data-selected]');
    if (event.key === 'Enter' && first && !marked) {
      spotlight.close();
      first.onClick?.(event as never);
    }
  };
  const waiting = wanted.length >= MIN_QUERY && found.query !== query.trim();
  const nothing = found.failed ? t('search.failed') : waiting ? t('search.searching') : t('search.nothing', { query });
  return (
    <Spotlight
      actions={[...groups].map(([group, actions]) => ({ group, actions }))}
      // The server has matched already, and pages are filtered above.
      filter={(_, actions) => actions}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      classNames={{ search: classes.search, actionsGroup: classes.group, action: classes.action, body: classes.body }}
      centered={false}
      yOffset="12vh"
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      scrollable
      maxHeight={420}
      nothingFound={nothing}
      attributes={{ content: { 'aria-label': t('search.open') } }}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('search.placeholder'),
        onKeyDown: openFirst,
        'aria-label': t('search.open'),
      }}
    />
  );
}
