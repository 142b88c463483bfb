'use client';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import classes from './data-list.module.css';
import { useShortcut } from './keyboard.tsx';
import { useMessages } from './locale.tsx';

/**
 * The rows of the list one came from, in their order, so that `[` and `]` go on to its neighbours. They are kept for the tab, by the
 * list's path: a reload keeps them, another tab has its own, and a record that was opened by a link has none.
 */
interface Trail {
  readonly hrefs: readonly string[];
}

const keyOf = (list: string): string => `waybill:trail:${list}`;

/** Keeps the rows of a list as they are shown. */
export function useKeepTrail(list: string, hrefs: readonly string[] | null): void {
  const joined = hrefs?.join('\n') ?? null;
  useEffect(() => {
    if (joined === null) return;
    const trail: Trail = { hrefs: joined.split('\n') };
    try {
      window.sessionStorage.setItem(keyOf(list), JSON.stringify(trail));
    } catch {
      // Without a store there are no neighbours.
    }
  }, [list, joined]);
}

function readTrail(list: string): Trail | null {
  try {
    const trail: unknown = JSON.parse(window.sessionStorage.getItem(keyOf(list)) ?? 'null');
    const isTrail = typeof trail === 'object' && trail !== null && 'hrefs' in trail && Array.isArray(trail.hrefs);
    return isTrail ? (trail as Trail) : null;
  } catch {
    return null;
  }
}

/** The way to the neighbours of a record in the list one came from; nothing where one came from none. */
export function RecordTrail({ list, here }: { list: string; here: string }) {
  const { t } = useMessages();
  const router = useRouter();
  const [trail, setTrail] = useState<Trail | null>(null);
  useEffect(() => setTrail(readTrail(list)), [list]);
  const at = trail?.hrefs.indexOf(here) ?? -1;
  const previous = at > 0 ? trail?.hrefs[at - 1] : undefined;
  const next = at >= 0 ? trail?.hrefs[at + 1] : undefined;
  const go = (href: string | undefined) => href !== undefined && router.push(href);
  useShortcut('[', t('ui.shortcuts.previousRecord'), () => go(previous), { enabled: previous !== undefined });
  useShortcut(']', t('ui.shortcuts.nextRecord'), () => go(next), { enabled: next !== undefined });
  if (!trail || at < 0) return null;
  const step = (href: string | undefined, label: string, keys: string, Icon: typeof IconChevronUp) => (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon variant="default" size={32} aria-label={label} disabled={href === undefined} onClick={() => go(href)}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <span className={classes.trail}>
      {step(previous, t('ui.shortcuts.previousRecord'), '[', IconChevronUp)}
      {step(next, t('ui.shortcuts.nextRecord'), ']', IconChevronDown)}
    </span>
  );
}
