'use client';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { Keys } from './keys.tsx';
import { useMessages } from './locale.tsx';
import classes from './palette.module.css';
import type { PaletteItem, PaletteProps } from './palette.tsx';

interface Found {
  readonly query: string;
  readonly items: readonly PaletteItem[];
  readonly failed: boolean;
}

const SEARCH_DELAY_MS = 120;
/** One letter finds everything and tells nothing. */
const MIN_QUERY = 2;

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

/** What `Palette` is, once it was loaded; it opens each time `asked` changes. */
export function PaletteBox({ commands, find, asked }: PaletteProps & { readonly asked: number }) {
  const { t } = useMessages();
  const router = useRouter();
  const [query, setQuery] = useState('');
  const found = useFound(query, find);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again is opened again
  useEffect(() => spotlight.open(), [asked]);
  const wanted = query.trim().toLowerCase();
  const pages = commands.filter((command) => `${command.group} ${command.label}`.toLowerCase().includes(wanted));
  const groups = new Map<string, SpotlightActionData[]>();
  // What was found for a shorter text is not what Enter means.
  const records = wanted && found.query === query.trim() ? found.items : [];
  for (const item of [...records, ...pages]) {
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
  const nothing = waiting ? t('search.searching') : found.failed ? t('search.failed') : t('search.nothing', { query });
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
