'use client';
import { useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useEffect, useRef } from 'react';
import type { ActivityRow } from '../../server/views/wallet-activity.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { useLive } from '../live.tsx';
import { useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

/** The customer's wallets, kept current, and which of them is looked at: `?w=<id>` in the address, the first one without it. */
export function useWallets() {
  const trpc = useTRPC();
  const mine = useQuery(trpc.wallet.mine.queryOptions());
  useLive(['wallet', 'money_request'], { queryKeys: [trpc.wallet.pathKey()] });
  const [id, choose] = useQueryState('w', parseAsString.withOptions({ history: 'replace', scroll: false }));
  const wallets = mine.data?.wallets ?? [];
  const chosen: WalletView | undefined = wallets.find((wallet) => wallet.id === id) ?? wallets[0];
  return { mine, wallets, chosen, choose: (wallet: string) => void choose(wallet) };
}

/** The address of another wallet page, about the same wallet. */
export function withWallet(path: string, wallet: WalletView | undefined): string {
  return wallet ? `${path}?w=${wallet.id}` : path;
}

/** Says that money arrived while the page was open; what was there when it opened is not news. */
export function useArrivals(rows: readonly ActivityRow[] | undefined): void {
  const { t } = useMessages();
  const format = useFormat();
  const toast = useToast();
  const seen = useRef<bigint | null>(null);
  useEffect(() => {
    const newest = rows?.[0];
    if (!rows || !newest) {
      if (rows) seen.current ??= 0n;
      return;
    }
    const before = seen.current;
    seen.current = newest.version;
    if (before === null) return;
    for (const row of rows) {
      if (row.version <= before) break;
      if (row.amountMinor <= 0n || row.pending) continue;
      const amount = format.money(row.amountMinor, row.currency);
      const name = row.person?.name;
      toast.success({ message: name ? t('wallet.arrivedFrom', { amount, name }) : t('wallet.arrived', { amount }) });
    }
  }, [rows, t, format, toast]);
}
