'use client';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { LiveProvider } from '../components/live.tsx';
import { TrpcProvider } from '../components/trpc.tsx';
import { KeyboardProvider } from '../components/ui/keyboard.tsx';
import { LocaleProvider } from '../components/ui/locale.tsx';
import type { Locale } from '../components/ui/messages/catalogue.ts';
import { cssVariables, theme } from '../components/ui/theme.ts';
import { UndoProvider } from '../components/ui/undo.tsx';

/** Everything a page may rely on, from the theme inwards. */
export function Providers(props: { locale: Locale; timeZone: string; children: ReactNode }) {
  return (
    <NuqsAdapter>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <LocaleProvider locale={props.locale} timeZone={props.timeZone}>
          <TrpcProvider>
            <LiveProvider>
              <KeyboardProvider>
                <UndoProvider>
                  {props.children}
                  <Notifications position="bottom-right" containerWidth={400} limit={4} />
                </UndoProvider>
              </KeyboardProvider>
            </LiveProvider>
          </TrpcProvider>
        </LocaleProvider>
      </MantineProvider>
    </NuqsAdapter>
  );
}
