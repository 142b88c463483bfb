'use client';
import { Button } from '@mantine/core';
import { IconBolt, IconCircleDashed } from '@tabler/icons-react';
import { useState } from 'react';
import type { SimulatorName } from '../../server/platform/simulator-control.ts';
import type { ShownSimulator } from '../../server/views/simulators.ts';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { FaultDialog } from './fault-dialog.tsx';
import { FAULTS_OF, type FaultName, useRuleText } from './fault-words.ts';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

/** Each fault in plain words, whether it is on, and how often it struck. */
export function SimulatorFaults({ name, simulator }: { name: SimulatorName; simulator: ShownSimulator }) {
  const { t } = useMessages();
  const format = useFormat();
  const ruleText = useRuleText();
  const { change } = useSimulatorActions();
  const [choosing, setChoosing] = useState<FaultName | null>(null);
  const columns: Column<FaultName>[] = [
    {
      key: 'fault',
      header: t('simulators.fault'),
      card: 'title',
      cell: (fault) => (
        <span className={classes.fault}>
          {t(`simulators.faults.${fault}.title`)}
          <span className={classes.note}>{t(`simulators.faults.${fault}.text`)}</span>
        </span>
      ),
    },
    {
      key: 'state',
      header: t('simulators.state'),
      card: 'sub',
      cell: (fault) => {
        const rules = simulator.faults[fault] ?? [];
        const on = rules.length > 0;
        return (
          <Badge tone={on ? 'attention' : 'neutral'} icon={on ? IconBolt : IconCircleDashed}>
            {on ? rules.map(ruleText).join('; ') : t('simulators.off')}
          </Badge>
        );
      },
    },
    {
      key: 'fired',
      header: t('simulators.fired'),
      right: true,
      width: 80,
      card: 'endSub',
      cell: (fault) => format.number(simulator.fired[fault] ?? 0),
    },
    {
      key: 'switch',
      header: t('ui.actions'),
      right: true,
      width: 110,
      card: 'end',
      cell: (fault) =>
        (simulator.faults[fault] ?? []).length > 0 ? (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('simulators.switchOffNamed', { fault: t(`simulators.faults.${fault}.title`) })}
            onClick={() => change.mutate({ kind: 'fault', simulator: name, fault, rule: null })}
          >
            {t('simulators.switchOff')}
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('simulators.switchOnNamed', { fault: t(`simulators.faults.${fault}.title`) })}
            onClick={() => setChoosing(fault)}
          >
            {t('simulators.switchOn')}
          </Button>
        ),
    },
  ];
  return (
    <Section title={t('simulators.faultsTitle')}>
      <DataTable
        embedded
        label={t('simulators.faultsTitle')}
        columns={columns}
        rows={FAULTS_OF[name]}
        rowKey={(fault) => fault}
        rowLabel={(fault) => t(`simulators.faults.${fault}.title`)}
      />
      <FaultDialog key={choosing} name={name} fault={choosing} onClose={() => setChoosing(null)} />
    </Section>
  );
}
