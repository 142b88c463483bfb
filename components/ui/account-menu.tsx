'use client';
import { Popover, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSettings, IconSun } from '@tabler/icons-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import classes from './account-menu.module.css';
import { useMessages } from './locale.tsx';
import { LOCALES, type Locale } from './messages/catalogue.ts';

/** Each language by its own name. */
const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

interface AccountMenuProps {
  readonly name: string;
  readonly email: string;
  readonly roleName: string;
  readonly settingsHref?: string;
  readonly onLocale: (locale: Locale) => void;
  readonly onSignOut: () => void;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const ends = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return ends
    .map((word) => word?.charAt(0) ?? '')
    .join('')
    .toUpperCase();
}

function ThemeSwitch() {
  const { t } = useMessages();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const option = (value: 'light' | 'dark' | 'auto', label: string, icon: ReactNode) => ({
    value,
    label: (
      <span className={classes.option} title={label}>
        {icon}
        <span className="wb-visually-hidden">{label}</span>
      </span>
    ),
  });
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('nav.theme')}
      value={colorScheme}
      onChange={setColorScheme}
      data={[
        option('light', t('nav.light'), <IconSun size={16} aria-hidden />),
        option('dark', t('nav.dark'), <IconMoon size={16} aria-hidden />),
        option('auto', t('nav.system'), <IconDeviceDesktop size={16} aria-hidden />),
      ]}
    />
  );
}

/** Who is signed in, theme, language, settings and sign-out. A popover, not a menu: it holds switches. */
export function AccountMenu(props: AccountMenuProps) {
  const { t, locale } = useMessages();
  const [opened, setOpened] = useState(false);
  const label = t('nav.userMenu', { name: props.name });
  return (
    <Popover opened={opened} onChange={setOpened} width={256} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.avatar}
          aria-label={label}
          data-initials={initials(props.name)}
          onClick={() => setOpened(!opened)}
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.dropdown} aria-label={label}>
        <div className={classes.who}>
          <span className={classes.name}>{props.name}</span>
          <span className={classes.dimmed}>{props.email}</span>
          <span className={classes.dimmed}>{props.roleName}</span>
        </div>
        <div className={classes.settings}>
          <div className={classes.setting}>
            <span>{t('nav.theme')}</span>
            <ThemeSwitch />
          </div>
          <div className={classes.setting}>
            <span>{t('nav.language')}</span>
            <SegmentedControl
              size="xs"
              aria-label={t('nav.language')}
              value={locale}
              onChange={(value) => props.onLocale(value)}
              data={LOCALES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            />
          </div>
        </div>
        {props.settingsHref && (
          <Link href={props.settingsHref} className={classes.item} onClick={() => setOpened(false)}>
            <IconSettings size={16} stroke={1.75} aria-hidden />
            {t('nav.settings')}
          </Link>
        )}
        <UnstyledButton className={classes.item} onClick={props.onSignOut}>
          <IconLogout size={16} stroke={1.75} aria-hidden />
          {t('nav.signOut')}
        </UnstyledButton>
      </Popover.Dropdown>
    </Popover>
  );
}
