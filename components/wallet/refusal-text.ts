'use client';
import { planOut } from '../../server/domains/wallet/rules.ts';
import { DomainError } from '../../server/kernel/errors.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { refusalOf, shownError } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';

interface Refused {
  readonly code: string;
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
}

const LIMITS = ['per_transfer', 'per_day', 'per_month', 'balance'] as const;

/** A refusal in the person's language, with its figures; undefined for those that the server's own sentence says best. */
function useSentence(): (refused: Refused) => string | undefined {
  const { t } = useMessages();
  const format = useFormat();
  return ({ code, data }) => {
    const money = (value: unknown): string => format.money(Number(value ?? 0), String(data?.currency ?? 'EUR'));
    const limit = LIMITS.find((one) => one === data?.limit);
    if (code === 'limit_exceeded' && limit) {
      const resets = typeof data?.resetsAt === 'string' ? format.dateTime(new Date(data.resetsAt)) : '';
      const figures = { limit: money(data?.limitMinor), used: money(data?.usedMinor), left: money(data?.leftMinor), resets };
      return t(`wallet.refused.${limit}`, figures);
    }
    if (code === 'insufficient_funds')
      return t('wallet.refused.funds', { spendable: money(data?.spendableMinor), missing: money(data?.missingMinor) });
    if (code === 'wallet_negative') return t('wallet.refused.negative', { owed: money(data?.owedMinor) });
    if (code === 'recipient_unavailable') return t('wallet.refused.unreachable');
    if (code === 'account_frozen') return t('wallet.refused.frozen');
    return undefined;
  };
}

/** What the server's refusal means, for whoever asked. Undefined while there is none. */
export function useRefusalText(): (error: unknown) => string | undefined {
  const sentence = useSentence();
  const text = useErrorText();
  return (error) => {
    const shown = shownError(error);
    if (!shown) return undefined;
    const refusal = refusalOf(error);
    return (refusal && sentence(refusal)) ?? text(shown);
  };
}

/** Why this wallet would not let the amount go, by the rules that decide it in the end; null where it would. */
export function useReasonAgainst(): (wallet: WalletView, amountMinor: bigint) => string | null {
  const sentence = useSentence();
  return (wallet, amountMinor) => {
    const { limits } = wallet;
    const tier = {
      tier: wallet.tier,
      currency: wallet.currency,
      perTransferMinor: limits.perTransferMinor,
      perDayMinor: limits.dayOut.limitMinor,
      perMonthMinor: limits.monthOut.limitMinor,
      balanceMinor: limits.balanceMinor,
    };
    const now = new Date();
    const day = now.toISOString().slice(0, 10);
    const usage = {
      day,
      month: `${day.slice(0, 7)}-01`,
      dayOutMinor: limits.dayOut.usedMinor,
      dayInMinor: limits.dayIn.usedMinor,
      monthOutMinor: limits.monthOut.usedMinor,
      monthInMinor: limits.monthIn.usedMinor,
    };
    try {
      planOut({ ...wallet, ...usage, frozenReason: null, home: '' }, tier, wallet, amountMinor, now);
      return null;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return sentence({ code: error.code, data: error.data }) ?? error.detail;
    }
  };
}
