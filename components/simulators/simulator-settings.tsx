'use client';
import { Button, NativeSelect, Switch } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Section } from '../ui/detail-layout.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

type Settings = Readonly<Record<string, unknown>>;

const JOURNEY = [
  'in_transit_after_ms',
  'delivered_after_ms',
  'exception_rate',
  'lost_rate',
  'return_rate',
  'reject_rate',
] as const;
const LONGEST_SECONDS = 86_400;
const LONGEST_AUTHORIZATION_SECONDS = 60 * 86_400;

/** Whether one authorization may be captured in several parts, and how long it lasts. */
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
      <AuthorizationForm key={String(settings.authorization_ms)} settings={settings} />
    </Section>
  );
}

function AuthorizationForm({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const [lasts, setLasts] = useState(() => numberOf(settings.authorization_ms, 1_000));
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (lasts !== null && lasts > 0) change.mutate({ simulator: 'psp', authorizationMs: lasts * 1_000 });
  };
  return (
    <form className={classes.fields} onSubmit={save}>
      <QuantityInput
        label={t('simulators.settings.lasts')}
        description={t('simulators.settings.lastsText')}
        value={lasts}
        onChange={setLasts}
        min={1}
        max={LONGEST_AUTHORIZATION_SECONDS}
      />
      <Button type="submit" variant="default" loading={change.isPending}>
        {t('ui.save')}
      </Button>
    </form>
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
        <Switch
          label={t('simulators.settings.autoAnswer')}
          description={t('simulators.settings.autoAnswerText')}
          checked={settings.auto_answer === true}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ simulator: 'carrier', autoAnswer: event.currentTarget.checked })}
        />
        <JourneyForm key={JOURNEY.map((field) => settings[field]).join(' ')} settings={settings} />
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

/** How fast parcels are, and the shares of them, and of claims, that go wrong. */
function JourneyForm({ settings }: { settings: Settings }) {
  const { t } = useMessages();
  const { settings: change } = useSimulatorActions();
  const [seconds, setSeconds] = useState(() => JOURNEY.slice(0, 2).map((field) => numberOf(settings[field], 1_000)));
  const [shares, setShares] = useState(() => JOURNEY.slice(2).map((field) => numberOf(settings[field], 0.01)));
  const save = (event: FormEvent) => {
    event.preventDefault();
    const [transit, delivered] = seconds.map((value) => (value === null ? undefined : value * 1_000));
    const [exceptionRate, lostRate, returnRate, rejectRate] = shares.map((value) => (value === null ? undefined : value / 100));
    change.mutate({
      simulator: 'carrier',
      ...{ inTransitAfterMs: transit, deliveredAfterMs: delivered, exceptionRate, lostRate, returnRate, rejectRate },
    });
  };
  const labels = ['transit', 'delivered'] as const;
  const wrong = ['lost', 'vanish', 'comeBack', 'rejectClaims'] as const;
  return (
    <form className={classes.fields} onSubmit={save}>
      {labels.map((label, at) => (
        <QuantityInput
          key={label}
          label={t(`simulators.settings.${label}`)}
          value={seconds[at] ?? null}
          onChange={(value) => setSeconds(seconds.with(at, value))}
          max={LONGEST_SECONDS}
        />
      ))}
      {wrong.map((label, at) => (
        <QuantityInput
          key={label}
          label={t(`simulators.settings.${label}`)}
          value={shares[at] ?? null}
          onChange={(value) => setShares(shares.with(at, value))}
          max={100}
        />
      ))}
      <Button type="submit" variant="default" loading={change.isPending}>
        {t('ui.save')}
      </Button>
    </form>
  );
}
