'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { formatCount } from './format.ts';
import { useMessages } from './locale.tsx';
import classes from './path-tabs.module.css';

export interface PathTab {
  readonly href: string;
  readonly label: string;
  readonly count?: number;
}

/** Tabs that are pages: each has its own path, so each has a link and Back works. */
export function PathTabs({ tabs, label }: { tabs: readonly PathTab[]; label?: string }) {
  const { t } = useMessages();
  const path = usePathname();
  return (
    <nav className={classes.tabs} aria-label={label ?? t('ui.tabs')}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} className={classes.tab} aria-current={tab.href === path ? 'page' : undefined}>
          {tab.label}
          {tab.count !== undefined && <span className={classes.count}>{formatCount(tab.count)}</span>}
        </Link>
      ))}
    </nav>
  );
}
