'use client';
import { SegmentedControl } from '@mantine/core';
import { parseAsNumberLiteral, useQueryState } from 'nuqs';
import { useFormat, useMessages } from '../ui/locale.tsx';

const PERIODS = [7, 30, 90] as const;

/** How many days a dashboard looks back, kept in the address so that a view can be sent. */
export function usePeriod() {
  const [days, setDays] = useQueryState('days', parseAsNumberLiteral(PERIODS).withDefault(30).withOptions({ history: 'push' }));
  return { days, setDays };
}

export function PeriodPicker() {
  const { t } = useMessages();
  const { days, setDays } = usePeriod();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('dashboard.period')}
      value={String(days)}
      onChange={(value) => void setDays(PERIODS.find((known) => String(known) === value) ?? 30)}
      data={PERIODS.map((value) => ({ value: String(value), label: t('dashboard.days', { count: value }) }))}
    />
  );
}

/** How a figure changed against the period before; "—" where there is nothing to compare with. */
export function useComparison(days: number) {
  const { t } = useMessages();
  const format = useFormat();
  return (now: bigint | number | null, before: bigint | number | null): string => {
    const known = now !== null && before !== null && Number(before) !== 0;
    const delta = known ? (Number(now) - Number(before)) / Number(before) : null;
    const shown = delta === null ? t('ui.unknown') : `${delta > 0 ? '+' : ''}${format.percent(delta)}`;
    return t('ui.compared', { delta: shown, period: t('home.previous', { days }) });
  };
}
