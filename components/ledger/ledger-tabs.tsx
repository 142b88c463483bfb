'use client';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PathTabs } from '../ui/path-tabs.tsx';

/** The parts of the ledger. */
export function LedgerTabs() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const open = useQuery(trpc.ledger.countHolds.queryOptions({}));
  return (
    <PathTabs
      label={t('ledger.title')}
      tabs={[
        { href: '/ledger', label: t('ledger.accounts') },
        { href: '/ledger/holds', label: t('ledger.holds'), count: open.data },
      ]}
    />
  );
}
