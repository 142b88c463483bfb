'use client';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMessages } from '../ui/locale.tsx';
import { MerchantPayouts } from './merchant-payouts.tsx';
import { PayInList } from './pay-in-list.tsx';

const VIEWS = ['merchants', 'unknown'] as const;

/** What finance does at the bank: pays merchants what they earned, and finds out whose money it is that named nobody. */
export function PayoutsPage() {
  const { t } = useMessages();
  const [view, setView] = useQueryState('view', parseAsStringLiteral(VIEWS).withDefault('merchants'));
  const views = VIEWS.map((key) => ({
    key,
    label: t(`payouts.views.${key}`),
    active: key === view,
    onSelect: () => void setView(key),
  }));
  return view === 'unknown' ? <PayInList views={views} /> : <MerchantPayouts views={views} />;
}
