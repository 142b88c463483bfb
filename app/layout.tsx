import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '@mantine/core/styles.layer.css';
import '@mantine/dates/styles.layer.css';
import '@mantine/charts/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '../components/ui/base.css';
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core';
import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { preferredLocale, validTimeZone } from '../components/ui/preferences.ts';
import { Providers } from './providers.tsx';

export const metadata: Metadata = { title: { default: 'Waybill', template: '%s · Waybill' }, robots: { index: false } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const asked = await headers();
  const locale = preferredLocale(jar.get('waybill-locale')?.value, asked.get('accept-language'));
  const timeZone = validTimeZone(jar.get('waybill-zone')?.value);
  return (
    <html lang={locale} {...mantineHtmlProps}>
      <head>
        {/* The page's policy lets only scripts with this request's nonce run; browsers hide it from the script that hydrates. */}
        <ColorSchemeScript defaultColorScheme="auto" nonce={asked.get('x-nonce') ?? undefined} suppressHydrationWarning />
      </head>
      <body>
        {/* Dialogs are added at the end of the body: whatever React adds later must not come after them. */}
        <div className="wb-page">
          <Providers locale={locale} timeZone={timeZone}>
            {children}
          </Providers>
        </div>
      </body>
    </html>
  );
}
