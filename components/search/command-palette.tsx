'use client';
import {
  type Icon,
  IconBox,
  IconClipboardList,
  IconCreditCard,
  IconReceiptRefund,
  IconTruck,
  IconUser,
} from '@tabler/icons-react';
import { useCallback } from 'react';
import type { NavigationEntry } from '../navigation.ts';
import { usePowers } from '../powers.ts';
import { useTRPCClient } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { isMessageKey } from '../ui/messages/catalogue.ts';
import { Palette } from '../ui/palette.tsx';

const ICONS: Readonly<Record<string, Icon>> = {
  order: IconClipboardList,
  customer: IconUser,
  shipment: IconTruck,
  payment: IconCreditCard,
  sku: IconBox,
  refund: IconReceiptRefund,
};

/** The palette, filled with what the server finds and the pages this person may open. */
export function CommandPalette({ pages }: { pages: readonly NavigationEntry[] }) {
  const { t } = useMessages();
  const client = useTRPCClient();
  // A customer has no search over everybody's records: for them the palette leads to their pages.
  const maySearch = usePowers().may('search.find');
  const find = useCallback(
    async (query: string, signal: AbortSignal) => {
      if (!maySearch) return [];
      const hits = await client.search.find.query({ q: query }, { signal });
      return hits.map((hit) => {
        const kind = `search.kinds.${hit.kind}`;
        return {
          id: hit.id,
          label: hit.label,
          sub: hit.sub ?? undefined,
          group: t(isMessageKey(kind) ? kind : 'search.kinds.other'),
          href: hit.href,
          icon: ICONS[hit.kind],
        };
      });
    },
    [client, t, maySearch],
  );
  const commands = pages.map((page) => ({
    id: page.href,
    label: t(page.label),
    sub: page.group && t(page.group),
    group: t('search.goTo'),
    href: page.href,
    icon: page.icon,
    keys: page.keys,
  }));
  return <Palette commands={commands} find={find} />;
}
