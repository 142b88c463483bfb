'use client';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { ShownSimulator } from '../../server/views/simulators.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { ViewTabs } from '../ui/list-toolbar.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { SimulatorFaults } from './simulator-faults.tsx';
import { SimulatorFigures } from './simulator-figures.tsx';
import { CardholdersBank, LapseNow, TransferIn, WrongReport } from './simulator-happenings.tsx';
import { SimulatorClaims, SimulatorLog, SimulatorParcels } from './simulator-log.tsx';
import { BankSettings, CarrierSettings, MarketplaceSettings, PartnerSettings, PspSettings } from './simulator-settings.tsx';
import { SimulatorWebhooks } from './simulator-webhooks.tsx';
import { useSimulatorActions } from './use-simulator.ts';

const NAMES = ['psp', 'adyen', 'carrier', 'bank', 'third_party', 'drop_shipper', 'marketplace', 'mail'] as const;
type Name = (typeof NAMES)[number];
/** What happens over there is watched while it happens. */
const REFRESH_MS = 2_000;
const DOWN_MS = 60_000;

/** The outside world of the demo, and everything that can go wrong in it. */
export function SimulatorsPage() {
  const trpc = useTRPC();
  const { t } = useMessages();
  const [name, setName] = useQueryState('at', parseAsStringLiteral(NAMES).withDefault('psp'));
  const state = useQuery({ ...trpc.simulators.state.queryOptions(), refetchInterval: REFRESH_MS });
  const views = NAMES.map((key) => ({
    key,
    label: t(`simulators.names.${key}`),
    active: key === name,
    onSelect: () => void setName(key),
  }));
  return (
    <Loaded data={state.data} error={shownError(state.error)} onRetry={() => void state.refetch()} lines={12}>
      {(all) => {
        const simulator = all[name];
        return (
          <DetailLayout
            header={<SimulatorHeader name={name} simulator={simulator} />}
            tabs={<ViewTabs views={views} />}
            bars={simulator && <DownBar name={name} simulator={simulator} />}
            aside={simulator && <SimulatorAside name={name} simulator={simulator} />}
          >
            {simulator ? (
              <>
                <SimulatorFaults key={name} name={name} simulator={simulator} />
                {name === 'marketplace' && <MarketplaceSettings settings={simulator.settings} />}
                {name === 'carrier' && <SimulatorParcels parcels={simulator.parcels} />}
                {name === 'carrier' && <SimulatorClaims claims={simulator.claims} />}
                <SimulatorLog key={`log-${name}`} name={name} entries={simulator.log} />
              </>
            ) : (
              <EmptyState title={t('simulators.awayTitle')} reason={t('simulators.away')} />
            )}
          </DetailLayout>
        );
      }}
    </Loaded>
  );
}

interface Shown {
  readonly name: Name;
  readonly simulator: ShownSimulator;
}

function SimulatorHeader({ name, simulator }: { name: Name; simulator: ShownSimulator | null }) {
  const { t } = useMessages();
  const { change, reset } = useSimulatorActions();
  const down = simulator !== null && simulator.downUntil !== null;
  const health = simulator === null || down ? 'down' : 'up';
  return (
    <PageHeader
      title={t('simulators.title')}
      sub={t('simulators.sub')}
      badges={<StatusBadge kind="health" value={health} />}
      secondary={
        simulator && (
          <>
            <ActionButton
              variant="default"
              label={t('simulators.goDown')}
              reason={down ? t('simulators.isDown') : null}
              onClick={() => change.mutate({ kind: 'down', simulator: name, forMs: DOWN_MS })}
            />
            <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate({ simulator: name })}>
              {t('simulators.reset')}
            </Button>
          </>
        )
      }
    />
  );
}

function DownBar({ name, simulator }: Shown) {
  const { t } = useMessages();
  const format = useFormat();
  const { change } = useSimulatorActions();
  if (simulator.downUntil === null) return null;
  return (
    <Bar
      tone="blocked"
      title={t('simulators.downTitle', { name: t(`simulators.names.${name}`) })}
      action={
        <Button size="compact-sm" variant="default" onClick={() => change.mutate({ kind: 'down', simulator: name, forMs: null })}>
          {t('simulators.comeBack')}
        </Button>
      }
    >
      {t('simulators.downUntil', { at: format.dateTime(simulator.downUntil) })}
    </Bar>
  );
}

function SimulatorAside({ name, simulator }: Shown) {
  return (
    <>
      <SimulatorFigures simulator={simulator} />
      {name !== 'mail' && <SimulatorWebhooks key={`webhooks-${name}`} name={name} webhooks={simulator.webhooks} />}
      {name === 'psp' && <PspSettings settings={simulator.settings} />}
      {(name === 'psp' || name === 'adyen') && <LapseNow />}
      {(name === 'psp' || name === 'adyen') && <CardholdersBank />}
      {name === 'psp' && <WrongReport />}
      {name === 'bank' && <BankSettings settings={simulator.settings} />}
      {name === 'bank' && <TransferIn />}
      {(name === 'third_party' || name === 'drop_shipper') && <PartnerSettings name={name} settings={simulator.settings} />}
      {name === 'carrier' && <CarrierSettings settings={simulator.settings} />}
    </>
  );
}
