'use client';
import type { ShownSimulator } from '../../server/views/simulators.ts';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';

/** What it was asked, and what it sent, since the last reset. */
export function SimulatorFigures({ simulator }: { simulator: ShownSimulator }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const items = (figures: Readonly<Record<string, number>>) =>
    Object.entries(figures).map(([name, value]) => ({ label: word('simulators.counters', name), value: format.number(value) }));
  return (
    <>
      <Section title={t('simulators.requests')}>
        <KeyValue figures items={items(simulator.requests)} />
      </Section>
      {Object.keys(simulator.sent).length > 0 && (
        <Section title={t('simulators.sent')}>
          <KeyValue figures items={items(simulator.sent)} />
        </Section>
      )}
    </>
  );
}
