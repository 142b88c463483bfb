'use client';
import { Switch } from '@mantine/core';
import type { SimulatorName } from '../../server/platform/simulator-control.ts';
import type { ShownSimulator } from '../../server/views/simulators.ts';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

/** How late a delayed webhook is: late enough that the page has moved on without it. */
const DELAY_MS = 10_000;

/** What may happen to a message on its way. */
export function SimulatorWebhooks({ name, webhooks }: { name: SimulatorName; webhooks: ShownSimulator['webhooks'] }) {
  const { t } = useMessages();
  const { change } = useSimulatorActions();
  const rows = [
    { key: 'duplicate', checked: webhooks.duplicate > 0, change: (on: boolean) => ({ duplicate: on ? 1 : 0 }) },
    { key: 'delay', checked: webhooks.delayMs > 0, change: (on: boolean) => ({ delayMs: on ? DELAY_MS : 0 }) },
    { key: 'reorder', checked: webhooks.reorder > 0, change: (on: boolean) => ({ reorder: on ? 1 : 0 }) },
    { key: 'off', checked: webhooks.off, change: (on: boolean) => ({ off: on }) },
  ] as const;
  return (
    <Section title={t('simulators.webhooks.title')}>
      <div className={classes.fields}>
        {rows.map((row) => (
          <Switch
            key={row.key}
            label={t(`simulators.webhooks.${row.key}`)}
            description={t(`simulators.webhooks.${row.key}Text`)}
            checked={row.checked}
            disabled={change.isPending}
            onChange={(event) =>
              change.mutate({ kind: 'webhooks', simulator: name, webhooks: row.change(event.currentTarget.checked) })
            }
          />
        ))}
      </div>
    </Section>
  );
}
