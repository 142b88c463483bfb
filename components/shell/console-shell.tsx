'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { signOut } from 'next-auth/react';
import { type ReactNode, useEffect } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import { type NavigationEntry, navigationFor } from '../navigation.ts';
import { CommandPalette } from '../search/command-palette.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { AccountMenu } from '../ui/account-menu.tsx';
import { AppShell, type NavGroup } from '../ui/app-shell.tsx';
import { useShortcut } from '../ui/keyboard.tsx';
import { useLater } from '../ui/later.tsx';
import { useMessages, usePreferences } from '../ui/locale.tsx';
import type { Locale } from '../ui/messages/catalogue.ts';
import { openPalette } from '../ui/palette.tsx';
import { PersonProvider } from '../ui/person.tsx';
import { preferredLocale, validTimeZone } from '../ui/preferences.ts';
import { ErrorState, LoadingLines } from '../ui/states.tsx';

/** Who is signed in; undefined while it is read, null for nobody. */
export function useViewer() {
  const trpc = useTRPC();
  return useQuery(trpc.auth.me.queryOptions());
}

function PageKey({ entry }: { entry: NavigationEntry }) {
  const { t } = useMessages();
  const router = useRouter();
  useShortcut(entry.keys ?? '', t(entry.label), () => router.push(entry.href), { section: 'go', enabled: Boolean(entry.keys) });
  return null;
}

function useNavGroups(entries: readonly NavigationEntry[], counts: Readonly<Record<string, number>>): NavGroup[] {
  const { t } = useMessages();
  const groups = new Map<string, { label?: string; links: NavGroup['links'][number][] }>();
  for (const entry of entries) {
    const key = entry.group ?? '';
    const group = groups.get(key) ?? { label: entry.group && t(entry.group), links: [] };
    groups.set(key, group);
    group.links.push({ href: entry.href, label: t(entry.label), icon: entry.icon, count: counts[entry.href] });
  }
  return [...groups.values()];
}

/**
 * The frame of every signed-in page: whom it is for, what they may open, in their language and zone. Nobody signed in goes to the
 * sign-in page and comes back; a session that still owes its second factor goes there too. The pages' own calls authorise
 * themselves, this only spares people a page of refusals.
 */
export function ConsoleShell(props: { demo: boolean; counts?: Readonly<Record<string, number>>; children: ReactNode }) {
  const viewer = useViewer();
  useLater();
  const path = usePathname();
  const router = useRouter();
  const { setLocale, setTimeZone } = usePreferences();
  const account = viewer.data;
  const entries = account ? navigationFor(account.role, props.demo) : [];
  const groups = useNavGroups(entries, props.counts ?? {});
  const mustSignIn = account === null || account?.owesSecondFactor === true;
  useEffect(() => {
    if (mustSignIn) router.replace(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }, [mustSignIn, router]);
  useEffect(() => {
    if (!account) return;
    setLocale(preferredLocale(account.locale, null));
    setTimeZone(validTimeZone(account.timeZone));
  }, [account, setLocale, setTimeZone]);
  if (viewer.error && account === undefined) {
    return <ErrorState error={shownError(viewer.error) ?? { kind: 'unexpected' }} onRetry={() => void viewer.refetch()} />;
  }
  if (!account || mustSignIn) return <LoadingLines />;
  return (
    <AppShell groups={groups} path={path} homeHref="/" onSearch={openPalette} account={<SignedIn account={account} />}>
      <PersonProvider id={account.userId}>{props.children}</PersonProvider>
      <CommandPalette pages={entries} />
      {entries.map((entry) => (
        <PageKey key={entry.href} entry={entry} />
      ))}
    </AppShell>
  );
}

function SignedIn({ account }: { account: NonNullable<ReturnType<typeof useViewer>['data']> }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { setLocale } = usePreferences();
  const save = useMutation(
    trpc.auth.changeProfile.mutationOptions({ onSettled: () => queryClient.invalidateQueries(trpc.auth.me.queryFilter()) }),
  );
  const changeLocale = (locale: Locale) => {
    setLocale(locale);
    save.mutate({ name: account.name, locale, timeZone: account.timeZone, idempotencyKey: newId() });
  };
  return (
    <AccountMenu
      name={account.name}
      email={account.email}
      roleName={t(`nav.roles.${account.role}`)}
      settingsHref="/settings"
      onLocale={changeLocale}
      onSignOut={() => void signOut({ callbackUrl: '/sign-in' })}
    />
  );
}
