'use client';
import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Icon, IconKeyboard, IconMenu2, IconSearch } from '@tabler/icons-react';
import Link from 'next/link';
import { type ComponentProps, type ReactNode, useEffect, useState } from 'react';
import classes from './app-shell.module.css';
import { Mark, PRODUCT_NAME } from './brand.tsx';
import { EagerLink } from './eager-link.tsx';
import { formatCount } from './format.ts';
import { useShortcutHelp } from './keyboard.tsx';
import { Keys } from './keys.tsx';
import { later } from './later.tsx';
import { useMessages } from './locale.tsx';
import type { NavigationDrawer as Drawer } from './navigation-drawer.tsx';

const NavigationDrawer = later<ComponentProps<typeof Drawer>>(() =>
  import('./navigation-drawer.tsx').then((file) => file.NavigationDrawer),
);

export interface NavLink {
  readonly href: string;
  readonly label: string;
  readonly icon: Icon;
  /** Shown capped at "99+"; nothing for 0 or unknown. */
  readonly count?: number;
}

export interface NavGroup {
  /** Undefined for the first entries, which need no heading. */
  readonly label?: string;
  readonly links: readonly NavLink[];
}

interface AppShellProps {
  readonly groups: readonly NavGroup[];
  readonly path: string;
  readonly homeHref: string;
  readonly onSearch: () => void;
  /** The account menu, at the right end of the top bar. */
  readonly account: ReactNode;
  /** Above the page: "Demo mode", "A region is read-only". */
  readonly notice?: ReactNode;
  readonly children: ReactNode;
}

/** The longest entry that the path lies under, so that /payments/in-doubt does not light up /payments too. */
export function currentHref(groups: readonly NavGroup[], path: string): string | undefined {
  const hrefs = groups.flatMap((group) => group.links.map((link) => link.href));
  return hrefs
    .filter((href) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
    .sort((a, b) => b.length - a.length)[0];
}

function Navigation({ groups, path, onNavigate }: { groups: readonly NavGroup[]; path: string; onNavigate?: () => void }) {
  const current = currentHref(groups, path);
  return (
    <div className={classes.nav}>
      {groups.map((group) => (
        <div key={group.label ?? ''} className={classes.group}>
          {group.label && <p className={classes.groupTitle}>{group.label}</p>}
          <ul className={classes.entries}>
            {group.links.map(({ href, label, icon: Icon, count }) => (
              <li key={href}>
                <EagerLink
                  href={href}
                  className={classes.entry}
                  aria-current={href === current ? 'page' : undefined}
                  onClick={onNavigate}
                >
                  <Icon size={16} stroke={1.75} aria-hidden />
                  {label}
                  {count !== undefined && count > 0 && <span className={classes.count}>{formatCount(count)}</span>}
                </EagerLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

/** The frame of every console page: grouped navigation, search, account; a drawer instead of the sidebar on a phone. */
export function AppShell(props: AppShellProps) {
  const { t } = useMessages();
  const [opened, drawer] = useDisclosure(false);
  const [asked, setAsked] = useState(false);
  const openDrawer = () => {
    setAsked(true);
    drawer.open();
  };
  const showHelp = useShortcutHelp();
  const closeDrawer = drawer.close;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(() => closeDrawer(), [props.path, closeDrawer]);
  return (
    <div className={classes.shell}>
      {!opened && (
        <a href="#main" className={classes.skip}>
          {t('nav.skip')}
        </a>
      )}
      <nav className={classes.sidebar} aria-label={t('nav.main')}>
        <Link prefetch={false} href={props.homeHref} className={classes.brand}>
          <Mark />
          {PRODUCT_NAME}
        </Link>
        <Navigation groups={props.groups} path={props.path} />
      </nav>
      <header className={classes.topbar}>
        <ActionIcon className={classes.burger} size={36} aria-label={t('nav.open')} onClick={openDrawer}>
          <IconMenu2 size={20} />
        </ActionIcon>
        <Link prefetch={false} href={props.homeHref} className={`${classes.brand} ${classes.mobileBrand}`}>
          <Mark />
          {PRODUCT_NAME}
        </Link>
        <button type="button" className={classes.search} onClick={props.onSearch}>
          <IconSearch size={16} className={classes.searchIcon} aria-hidden />
          <span className={classes.searchText}>{t('search.open')}</span>
          <Keys keys="mod+k" />
        </button>
        <div className={classes.end}>
          <ActionIcon className={classes.help} size={32} aria-label={t('nav.help')} onClick={showHelp}>
            <IconKeyboard size={18} stroke={1.75} />
          </ActionIcon>
          {props.account}
        </div>
      </header>
      <main id="main" tabIndex={-1} className={classes.main}>
        {props.notice}
        {props.children}
      </main>
      {asked && (
        <NavigationDrawer opened={opened} onClose={drawer.close}>
          <Navigation groups={props.groups} path={props.path} onNavigate={drawer.close} />
        </NavigationDrawer>
      )}
    </div>
  );
}
