'use client';
import { ActionIcon, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconShoppingBag, IconSun } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Mark } from '../ui/brand.tsx';
import { useMessages, usePreferences } from '../ui/locale.tsx';
import { useCart } from './cart.ts';
import classes from './shop-shell.module.css';

function CartLink() {
  const { t } = useMessages();
  const count = useCart().reduce((sum, line) => sum + line.quantity, 0);
  return (
    <Link href="/shop/cart" className={classes.cart}>
      <IconShoppingBag size={20} stroke={1.6} aria-hidden />
      <span className={classes.cartWord}>{t('shop.cart')}</span>
      {count > 0 && (
        <>
          <span className={classes.count}>{count > 99 ? '99+' : count}</span>
          <span className="wb-visually-hidden">{t('shop.items', { count })}</span>
        </>
      )}
    </Link>
  );
}

/** Language and colours: both are in reach without an account. */
export function LookSwitches() {
  const { t, locale } = useMessages();
  const { setLocale } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const other = locale === 'de' ? 'en' : 'de';
  const toggle = () => {
    const dark = document.documentElement.dataset.mantineColorScheme === 'dark';
    setColorScheme(dark ? 'light' : 'dark');
  };
  return (
    <>
      <button type="button" className={classes.language} lang={other} onClick={() => setLocale(other)}>
        {t('shop.otherLanguage')}
      </button>
      <ActionIcon size={36} aria-label={t('shop.switchTheme')} onClick={toggle}>
        <IconSun size={18} stroke={1.6} className={classes.whenDark} aria-hidden />
        <IconMoon size={18} stroke={1.6} className={classes.whenLight} aria-hidden />
      </ActionIcon>
    </>
  );
}

/** The frame of the public shop: nobody is signed in, and nothing of the console is here. */
export function ShopShell({ demo, children }: { demo: boolean; children: ReactNode }) {
  const { t } = useMessages();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t('shop.skip')}
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link href="/shop" className={classes.brand}>
            <Mark size={24} />
            <span>{t('shop.title')}</span>
          </Link>
          <nav className={classes.tools} aria-label={t('shop.tools')}>
            <LookSwitches />
            <CartLink />
          </nav>
        </div>
      </header>
      <main id="content" className={classes.main}>
        {children}
      </main>
      <footer className={classes.footer}>
        <p>{t(demo ? 'shop.demo' : 'shop.poweredBy')}</p>
      </footer>
    </div>
  );
}
