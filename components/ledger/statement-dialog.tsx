'use client';
import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { IconFileTypeCsv, IconFileTypePdf } from '@tabler/icons-react';
import { useState } from 'react';
import type { AccountRow } from '../../server/views/accounts.ts';
import { useMessages, usePreferences } from '../ui/locale.tsx';

const SPANS = ['month', 'last', 'year', 'own'] as const;
type Span = (typeof SPANS)[number];

const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

/** A span's first and last day, counted from `today` ("2026-11-28"). */
function daysOf(span: Exclude<Span, 'own'>, today: string): { from: string; to: string } {
  const [year = 0, month = 0] = today.split('-').map(Number);
  if (span === 'month') return { from: `${today.slice(0, 8)}01`, to: today };
  if (span === 'year') return { from: `${year}-01-01`, to: today };
  return { from: isoDay(new Date(Date.UTC(year, month - 2, 1))), to: isoDay(new Date(Date.UTC(year, month - 1, 0))) };
}

/** Where an account's statement is; both days belong to it, in the reader's zone. */
export function statementHref(accountId: string, format: 'csv' | 'pdf', { from, to }: { from: string; to: string }): string {
  return `/api/documents/statements/${accountId}.${format}?from=${from}&to=${to}`;
}

/** Chooses a period and hands out its statement, as a file for programs or a page for people. */
export function StatementDialog({ account, onClose }: { account: AccountRow; onClose: () => void }) {
  const { t } = useMessages();
  const { timeZone } = usePreferences();
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date());
  const [span, setSpan] = useState<Span>('month');
  const [own, setOwn] = useState(() => daysOf('month', today));
  const days = span === 'own' ? own : daysOf(span, today);
  const wrong = days.from === '' || days.to === '' || days.from > days.to;
  const day = (key: 'from' | 'to') => (
    <TextInput
      type="date"
      label={t(`ledger.${key}`)}
      max={today}
      value={days[key]}
      error={wrong && key === 'to' ? t('ledger.periodWrong') : undefined}
      onChange={(event) => {
        setOwn({ ...days, [key]: event.currentTarget.value });
        setSpan('own');
      }}
    />
  );
  const download = (format: 'csv' | 'pdf') => ({
    component: 'a' as const,
    href: wrong ? undefined : statementHref(account.id, format, days),
    'aria-disabled': wrong || undefined,
    'data-disabled': wrong || undefined,
  });
  return (
    <Modal opened onClose={onClose} title={t('ledger.statement')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <Stack gap="md">
        <SegmentedControl
          fullWidth
          aria-label={t('dashboard.period')}
          value={span}
          onChange={(value) => {
            setOwn(days);
            setSpan(SPANS.find((known) => known === value) ?? 'month');
          }}
          data={SPANS.map((value) => ({ value, label: t(`ledger.spans.${value}`) }))}
        />
        <Group grow align="flex-start">
          {day('from')}
          {day('to')}
        </Group>
        <p>{t('ledger.statementHelp', { zone: timeZone })}</p>
        <Group justify="flex-end">
          <Button
            {...download('csv')}
            variant="default"
            leftSection={<IconFileTypeCsv size={16} aria-hidden />}
            download={!wrong}
          >
            {t('ledger.downloadCsv')}
          </Button>
          <Button {...download('pdf')} leftSection={<IconFileTypePdf size={16} aria-hidden />} target="_blank" rel="noopener">
            {t('ledger.openPdf')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
