'use client';
import { IconLock, IconSnowflake } from '@tabler/icons-react';
import type { AccountRow } from '../../server/views/accounts.ts';
import { Badge } from '../ui/badge.tsx';
import { useMessages } from '../ui/locale.tsx';

/** That an account stands still; nothing where money moves. */
export function StateBadge({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  if (account.closed)
    return (
      <Badge tone="neutral" icon={IconLock}>
        {t('ledger.closed')}
      </Badge>
    );
  if (account.frozen)
    return (
      <Badge tone="attention" icon={IconSnowflake}>
        {t('ledger.frozen')}
      </Badge>
    );
  return null;
}
