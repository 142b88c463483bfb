'use client';
import { Button, NativeSelect, Switch } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Section } from '../ui/detail-layout.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

type Settings = Readonly<Record<string, unknown>>;

const LONGEST_SECONDS = 86_400;

/** Whether one authorization may be captured in several parts. */
export function PspSettings({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  return (
    <Section title={t('simulators.settings.title')}>
      <Switch
        label={t('simulators.settings.multicapture')}
        description={t('simulators.settings.multicaptureText')}
        checked={settings.multicapture === true}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ simulator: 'psp', multicapture: event.currentTarget.checked })}
      />
    </Section>
  );
}

/** Whether parcels move by themselves, and how fast. */
export function CarrierSettings({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  return (
    <Section title={t('simulators.settings.title')}>
      <div className={classes.fields}>
        <Switch
          label={t('simulators.settings.auto')}
          description={t('simulators.settings.autoText')}
          checked={settings.auto_progress === true}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ simulator: 'carrier', autoProgress: event.currentTarget.checked })}
        />
        <JourneyForm
          key={`${settings.in_transit_after_ms} ${settings.delivered_after_ms} ${settings.exception_rate}`}
          settings={settings}
        />
      </div>
    </Section>
  );
}

const ANSWERS = ['accept', 'partial', 'reject', 'silent'] as const;

/** What a partner says to requests, and whether it sends by itself. */
export function PartnerSettings({ name, settings }: { name: 'third_party' | 'drop_shipper'; settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const chosen = ANSWERS.find((answer) => answer === settings.answer) ?? 'accept';
  return (
    <Section title={t('simulators.settings.title')}>
      <div className={classes.fields}>
        <NativeSelect
          label={t('simulators.settings.answer')}
          description={t('simulators.settings.answerText')}
          value={chosen}
          disabled={change.isPending}
          data={ANSWERS.map((value) => ({ value, label: t(`simulators.settings.answers.${value}`) }))}
          onChange={(event) => {
            const answer = ANSWERS.find((value) => value === event.currentTarget.value) ?? 'accept';
            change.mutate({ simulator: name, answer });
          }}
        />
        <Switch
          label={t('simulators.settings.ships')}
          description={t('simulators.settings.shipsText')}
          checked={settings.auto_ship === true}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ simulator: name, autoShip: event.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

/** Whether the marketplace applies stock later than it takes it, and in no order. */
export function MarketplaceSettings({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const late = Number(settings.apply_after_ms) > 0;
  return (
    <Section title={t('simulators.settings.title')}>
      <Switch
        label={t('simulators.settings.late')}
        description={t('simulators.settings.lateText')}
        checked={late}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ simulator: 'marketplace', late: event.currentTarget.checked })}
      />
    </Section>
  );
}

/** Whether transfers settle by themselves. */
export function BankSettings({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const turn = (on: boolean, field: 'autoSettle' | 'rejectRate' | 'returnRate') =>
    change.mutate({ simulator: 'bank', ...(field === 'autoSettle' ? { autoSettle: on } : { [field]: on ? 1 : 0 }) });
  return (
    <Section title={t('simulators.settings.title')}>
      <div className={classes.fields}>
        <Switch
          label={t('simulators.settings.settle')}
          description={t('simulators.settings.settleText')}
          checked={settings.auto_settle === true}
          disabled={change.isPending}
          onChange={(event) => turn(event.currentTarget.checked, 'autoSettle')}
        />
        <Switch
          label={t('simulators.settings.reject')}
          description={t('simulators.settings.rejectText')}
          checked={settings.reject_rate === 1}
          disabled={change.isPending}
          onChange={(event) => turn(event.currentTarget.checked, 'rejectRate')}
        />
        <Switch
          label={t('simulators.settings.return')}
          description={t('simulators.settings.returnText')}
          checked={settings.return_rate === 1}
          disabled={change.isPending}
          onChange={(event) => turn(event.currentTarget.checked, 'returnRate')}
        />
      </div>
    </Section>
  );
}

const numberOf = (value: unknown, unit: number): number | null => (typeof value === 'number' ? Math.round(value / unit) : null);

function JourneyForm({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const [transit, setTransit] = useState(() => numberOf(settings.in_transit_after_ms, 1_000));
  const [delivered, setDelivered] = useState(() => numberOf(settings.delivered_after_ms, 1_000));
  const [lost, setLost] = useState(() => numberOf(settings.exception_rate, 0.01));
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (transit === null || delivered === null || lost === null) return;
    change.mutate({
      simulator: 'carrier',
      inTransitAfterMs: transit * 1_000,
      deliveredAfterMs: delivered * 1_000,
      exceptionRate: lost / 100,
    });
  };
  return (
    <form className={classes.fields} onSubmit={save}>
      <QuantityInput label={t('simulators.settings.transit')} value={transit} onChange={setTransit} max={LONGEST_SECONDS} />
      <QuantityInput label={t('simulators.settings.delivered')} value={delivered} onChange={setDelivered} max={LONGEST_SECONDS} />
      <QuantityInput label={t('simulators.settings.lost')} value={lost} onChange={setLost} max={100} />
      <Button type="submit" variant="default" loading={change.isPending}>
        {t('ui.save')}
      </Button>
    </form>
  );
}
