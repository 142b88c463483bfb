'use client';
import { Button } from '@mantine/core';
import { IconBox, IconCheck, IconClipboardList, IconCreditCard, IconHome, IconUsers } from '@tabler/icons-react';
import { useSearchParams } from 'next/navigation';
import { AccountMenu } from '../../components/ui/account-menu.tsx';
import { AppShell, type NavGroup } from '../../components/ui/app-shell.tsx';
import { usePreferences } from '../../components/ui/locale.tsx';
import { openPalette, Palette, type PaletteItem } from '../../components/ui/palette.tsx';
import { SampleDetail } from './sample-detail.tsx';
import { SampleList } from './sample-list.tsx';
import { SampleParts } from './sample-parts.tsx';

const GROUPS: readonly NavGroup[] = [
  { links: [{ href: '/', label: 'Home', icon: IconHome }] },
  { label: 'Kit', links: [{ href: '/design', label: 'Parts', icon: IconBox, count: 12 }] },
  { label: 'Orders', links: [{ href: '/orders', label: 'All orders', icon: IconClipboardList, count: 1_204 }] },
  { label: 'Customers', links: [{ href: '/customers', label: 'Customers', icon: IconUsers }] },
  {
    label: 'Money',
    links: [
      { href: '/payments', label: 'Payments', icon: IconCreditCard },
      { href: '/approvals', label: 'Approvals', icon: IconCheck, count: 3 },
    ],
  },
];

const COMMANDS: readonly PaletteItem[] = GROUPS.flatMap((group) =>
  group.links.map((link) => ({
    id: link.href,
    label: link.label,
    group: 'Go to',
    href: link.href,
    icon: link.icon,
    keys: 'g o',
  })),
);

/** A find that answers from nothing, so that the palette shows its states without a server. */
async function findNothing(query: string): Promise<readonly PaletteItem[]> {
  if (query.startsWith('fail')) throw new Error('as asked');
  if (!query.startsWith('eu')) return [];
  return [
    {
      id: '1',
      label: 'EU-10432',
      sub: 'Ana García · €482.71 · Confirmed',
      group: 'Orders',
      href: '/design?show=detail',
      icon: IconClipboardList,
    },
    {
      id: '2',
      label: 'EU-10433',
      sub: 'Lukas Brandt · €12.40 · Pending',
      group: 'Orders',
      href: '/design?show=detail',
      icon: IconClipboardList,
    },
  ];
}

/** Every part of the console in every state: ?show=parts | list | detail, and ?state= for the list's. */
export function Kit() {
  const show = useSearchParams().get('show') ?? 'parts';
  const { setLocale } = usePreferences();
  const account = (
    <AccountMenu
      name="Ana García"
      email="ana@waybill.example"
      roleName="Agent"
      settingsHref="/settings"
      onLocale={setLocale}
      onSignOut={() => undefined}
    />
  );
  return (
    <AppShell groups={GROUPS} path="/design" homeHref="/design" onSearch={openPalette} account={account}>
      {show === 'list' && <SampleList />}
      {show === 'detail' && <SampleDetail />}
      {show === 'parts' && <SampleParts />}
      {show === 'crash' && <Crash />}
      <Palette commands={COMMANDS} find={findNothing} />
    </AppShell>
  );
}

function Crash() {
  if (typeof window !== 'undefined') throw new Error('The kit page was asked to crash.');
  return <Button>Crash</Button>;
}
