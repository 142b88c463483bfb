'use client';
import { Checkbox, NumberInput, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import type { SimulatorName } from '../../server/platform/simulator-control.ts';
import { shownError } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type FaultName, OPERATIONS_OF, useRuleText } from './fault-words.ts';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

const OFTEN = ['next', 'share', 'always'] as const;
type Often = (typeof OFTEN)[number];
const isOften = (value: string): value is Often => (OFTEN as readonly string[]).includes(value);
const MOST_NEXT = 10_000;
const LONGEST_SECONDS = 600;

/** How often a fault strikes, and what. Declines and challenges start out on authorizations, as banks do. */
export function FaultDialog(props: { name: SimulatorName; fault: FaultName | null; onClose: () => void }) {
  const { name, fault, onClose } = props;
  const { t } = useMessages();
  const { change } = useSimulatorActions();
  const ruleText = useRuleText();
  const [often, setOften] = useState<Often>('next');
  const [next, setNext] = useState<number | null>(1);
  const [percent, setPercent] = useState<number | null>(20);
  const [seconds, setSeconds] = useState<number | string>(3);
  const [on, setOn] = useState<string[]>([]);
  const late = fault === 'slow_ms' && typeof seconds === 'number' ? Math.round(seconds * 1_000) : null;
  const rule = {
    probability: often === 'share' ? (percent ?? 0) / 100 : 1,
    next: often === 'next' ? next : null,
    on: on.length === 0 ? null : on,
    delayMs: late,
  };
  const incomplete =
    (often === 'next' && (next === null || next < 1)) ||
    (often === 'share' && (percent === null || percent < 1 || percent > 100)) ||
    (fault === 'slow_ms' && late === null);
  const confirm = () => {
    if (fault) change.mutate({ kind: 'fault', simulator: name, fault, rule }, { onSuccess: onClose });
  };
  return (
    <EffectDialog
      opened={fault !== null}
      onClose={onClose}
      title={fault ? t(`simulators.faults.${fault}.title`) : ''}
      preview={<p>{ruleText({ ...rule, scoped: false })}</p>}
      verb={t('simulators.switchOn')}
      blocked={incomplete ? t('simulators.incomplete') : null}
      error={shownError(change.error)}
      busy={change.isPending}
      onConfirm={confirm}
    >
      <div className={classes.fields}>
        <Radio.Group label={t('simulators.often')} value={often} onChange={(value) => isOften(value) && setOften(value)}>
          <Stack gap={6} pt={6}>
            {OFTEN.map((value) => (
              <Radio key={value} value={value} label={t(`simulators.oftens.${value}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {often === 'next' && (
          <QuantityInput label={t('simulators.howMany')} value={next} onChange={setNext} min={1} max={MOST_NEXT} />
        )}
        {often === 'share' && (
          <QuantityInput label={t('simulators.percent')} value={percent} onChange={setPercent} min={1} max={100} />
        )}
        {fault === 'slow_ms' && (
          <NumberInput
            label={t('simulators.seconds')}
            value={seconds}
            onChange={setSeconds}
            min={0.1}
            max={LONGEST_SECONDS}
            decimalScale={1}
          />
        )}
        <Checkbox.Group label={t('simulators.on')} description={t('simulators.onText')} value={on} onChange={setOn}>
          <Stack gap={6} pt={6}>
            {OPERATIONS_OF[name].map((operation) => (
              <Checkbox key={operation} value={operation} label={t(`simulators.operations.${operation}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
      </div>
    </EffectDialog>
  );
}
