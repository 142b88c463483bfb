'use client';
import { Menu, SegmentedControl, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSettings, IconSun } from '@tabler/icons-react';
import Link from 'next/link';
import classes from './account-menu.module.css';
import { useMessages } from './locale.tsx';
import { LOCALES, type Locale } from './messages/catalogue.ts';

/** Each language by its own name. */
const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

interface AccountMenuProps {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly settingsHref?: string;
  readonly onLocale: (locale: Locale) => void;
  readonly onSignOut: () => void;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0) ?? '')
    .join('')
    .toUpperCase();
}

function ThemeSwitch() {
  const { t } = useMessages();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const option = (value: 'light' | 'dark' | 'auto', label: string, icon: React.ReactNode) => ({
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

/** Who is signed in, theme, language, settings and sign-out. */
export function AccountMenu(props: AccountMenuProps) {
  const { t, locale } = useMessages();
  return (
    <Menu width={248}>
      <Menu.Target>
        <UnstyledButton className={classes.avatar} aria-label={t('nav.userMenu', { name: props.name })}>
          {initials(props.name)}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <span className={classes.name}>{props.name}</span>
          <span className={classes.dimmed}>{props.email}</span>
          <span className={classes.dimmed}>{props.role}</span>
        </div>
        <Menu.Divider />
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
        <Menu.Divider />
        {props.settingsHref && (
          <Menu.Item component={Link} href={props.settingsHref} leftSection={<IconSettings size={16} />}>
            {t('nav.settings')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={props.onSignOut}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
