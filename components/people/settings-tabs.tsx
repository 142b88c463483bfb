'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PathTabs } from '../ui/path-tabs.tsx';

/** The sections of Settings that this person has. */
export function SettingsTabs() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const me = useQuery(trpc.auth.me.queryOptions());
  const role = me.data?.role;
  const tabs = [
    { href: '/settings/profile', label: t('people.profile.title') },
    ...(role === 'admin' ? [{ href: '/settings/users', label: t('people.users.title') }] : []),
    ...(role === 'admin' || role === 'merchant'
      ? [
          { href: '/settings/shipping', label: t('shipping.title') },
          { href: '/settings/stock', label: t('stockPolicy.title') },
          { href: '/settings/payments', label: t('payments.routing.title') },
          { href: '/settings/policies', label: t('policies.title') },
          { href: '/settings/invoices', label: t('invoices.settings') },
          { href: '/settings/api-keys', label: t('people.keys.title') },
        ]
      : []),
  ];
  return <PathTabs tabs={tabs} label={t('nav.settings')} />;
}
