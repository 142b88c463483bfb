'use client';
import { Button, Group, Menu } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import type { SimulatorName } from '../../server/platform/simulator-control.ts';
import type { SimulatorEntry, SimulatorParcel } from '../../server/views/simulators.ts';
import { CopyText } from '../ui/copy.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { MoreButton } from '../ui/more-button.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useSimulatorActions } from './use-simulator.ts';

const REF_SHOWN = 8;
const ROWS_AT_ONCE = 20;

/** The first rows, and how to see the rest. */
function useFirstRows<Row>(rows: readonly Row[]) {
  const [all, setAll] = useState(false);
  const more = all || rows.length <= ROWS_AT_ONCE ? undefined : () => setAll(true);
  return { shown: more ? rows.slice(0, ROWS_AT_ONCE) : rows, more };
}

/** The order or shipment behind an entry, where it is one of ours. */
function RecordLink({ number, href }: { number: string | null; href: string }) {
  const { t } = useMessages();
  return number === null ? t('ui.unknown') : <Link href={`${href}/${encodeURIComponent(number)}`}>{number}</Link>;
}

/** What really happened over there, newest first: not what anybody was told. */
export function SimulatorLog({ name, entries }: { name: SimulatorName; entries: readonly SimulatorEntry[] }) {
  const { t, word } = useMessages();
  const { shown, more } = useFirstRows(entries);
  const shipment: Column<SimulatorEntry> = {
    key: 'shipment',
    header: t('simulators.shipment'),
    cell: (entry) => <RecordLink number={entry.shipmentNumber} href="/shipments" />,
  };
  const amount: Column<SimulatorEntry> = {
    key: 'amount',
    header: t('simulators.amount'),
    right: true,
    card: 'end',
    cell: (entry) =>
      entry.amountMinor === null || entry.currency === null ? (
        t('ui.unknown')
      ) : (
        <Money amountMinor={entry.amountMinor} currency={entry.currency} />
      ),
  };
  const columns: Column<SimulatorEntry>[] = [
    { key: 'at', header: t('simulators.at'), card: 'endSub', cell: (entry) => <TimeAgo at={entry.at} /> },
    { key: 'kind', header: t('simulators.kind'), card: 'title', cell: (entry) => word('simulators.kinds', entry.kind) },
    {
      key: 'order',
      header: t('simulators.order'),
      card: 'sub',
      cell: (entry) => <RecordLink number={entry.orderNumber} href="/orders" />,
    },
    ...(name === 'psp' || name === 'bank' ? [amount] : name === 'carrier' ? [shipment] : []),
    {
      key: 'ref',
      header: t('simulators.ref'),
      cell: (entry) => <CopyText value={entry.ref} shown={entry.ref.slice(-REF_SHOWN)} what={t('simulators.ref')} mono />,
    },
  ];
  return (
    <Section title={t('simulators.log')}>
      {entries.length === 0 ? (
        <EmptyState compact title={t('simulators.emptyTitle')} reason={t('simulators.empty')} />
      ) : (
        <DataTable
          embedded
          compact
          label={t('simulators.log')}
          columns={columns}
          rows={shown}
          rowKey={(entry) => String(entry.seq)}
          rowLabel={(entry) => word('simulators.kinds', entry.kind)}
        />
      )}
      <MoreButton more={more} busy={false} />
    </Section>
  );
}

const MISHAPS = ['exception', 'lost', 'damaged', 'returning', 'returned'] as const;

/** What of the carrier's is ours: its shipment, its order, how it is, and since when. */
function useParcelColumns(): Column<SimulatorParcel>[] {
  const { t, word } = useMessages();
  return [
    {
      key: 'shipment',
      header: t('simulators.shipment'),
      card: 'title',
      cell: (parcel) => <RecordLink number={parcel.shipmentNumber} href="/shipments" />,
    },
    {
      key: 'order',
      header: t('simulators.order'),
      card: 'sub',
      cell: (parcel) => <RecordLink number={parcel.orderNumber} href="/orders" />,
    },
    { key: 'status', header: t('simulators.state'), card: 'endSub', cell: (parcel) => word('simulators.kinds', parcel.status) },
    { key: 'since', header: t('simulators.since'), cell: (parcel) => <TimeAgo at={parcel.since} /> },
  ];
}

/** Parcels on their way; one click brings them on, or has something happen to them. */
export function SimulatorParcels({ parcels }: { parcels: readonly SimulatorParcel[] }) {
  const { t, word } = useMessages();
  const { advance } = useSimulatorActions();
  const { shown, more } = useFirstRows(parcels);
  const named = (to: string, { shipmentNumber, ref }: SimulatorParcel) =>
    t('simulators.advanceNamed', { to, parcel: shipmentNumber ?? ref });
  const move = (parcel: SimulatorParcel, to: 'in_transit' | 'delivered') => (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={named(word('simulators.kinds', to), parcel)}
      onClick={() => advance.mutate({ parcel: parcel.ref, to })}
    >
      {word('simulators.kinds', to)}
    </Button>
  );
  const advancing: Column<SimulatorParcel> = {
    key: 'advance',
    header: t('simulators.advance'),
    right: true,
    card: 'end',
    cell: (parcel) => (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {parcel.status !== 'in_transit' && move(parcel, 'in_transit')}
        {move(parcel, 'delivered')}
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" aria-label={named(t('simulators.mishap'), parcel)}>
              …
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {MISHAPS.filter((to) => to !== parcel.status).map((to) => (
              <Menu.Item key={to} onClick={() => advance.mutate({ parcel: parcel.ref, to })}>
                {word('simulators.kinds', to)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    ),
  };
  const columns = [...useParcelColumns(), advancing];
  return (
    <Section title={t('simulators.parcels')} count={parcels.length}>
      {parcels.length === 0 ? (
        <EmptyState compact title={t('simulators.noParcelsTitle')} reason={t('simulators.noParcels')} />
      ) : (
        <DataTable
          embedded
          label={t('simulators.parcels')}
          columns={columns}
          rows={shown}
          rowKey={(parcel) => parcel.ref}
          rowLabel={(parcel) => parcel.shipmentNumber ?? parcel.ref}
        />
      )}
      <MoreButton more={more} busy={false} />
    </Section>
  );
}

/** Claims that the carrier has to answer: it grants, refuses, and pays. */
export function SimulatorClaims({ claims }: { claims: readonly SimulatorParcel[] }) {
  const { t, word } = useMessages();
  const { happen } = useSimulatorActions();
  const answers: Column<SimulatorParcel> = {
    key: 'answer',
    header: t('simulators.answer'),
    right: true,
    card: 'end',
    cell: (claim) => (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {(['accepted', 'rejected', 'paid'] as const)
          .filter((to) => claim.status !== `claim_${to}`)
          .map((to) => (
            <Button
              key={to}
              size="compact-sm"
              variant="default"
              aria-label={t('simulators.advanceNamed', {
                to: word('simulators.kinds', `claim_${to}`),
                parcel: claim.shipmentNumber ?? claim.ref,
              })}
              onClick={() => happen.mutate({ what: 'claim', claim: claim.ref, to })}
            >
              {t(`simulators.answers.${to}`)}
            </Button>
          ))}
      </Group>
    ),
  };
  const columns = [...useParcelColumns(), answers];
  if (claims.length === 0) return null;
  return (
    <Section title={t('simulators.claims')} count={claims.length}>
      <DataTable
        embedded
        label={t('simulators.claims')}
        columns={columns}
        rows={claims}
        rowKey={(claim) => claim.ref}
        rowLabel={(claim) => claim.shipmentNumber ?? claim.ref}
      />
    </Section>
  );
}
