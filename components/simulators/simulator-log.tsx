'use client';
import { Button, Group } from '@mantine/core';
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

/** Parcels on their way; one click brings them on. */
export function SimulatorParcels({ parcels }: { parcels: readonly SimulatorParcel[] }) {
  const { t, word } = useMessages();
  const { advance } = useSimulatorActions();
  const { shown, more } = useFirstRows(parcels);
  const move = (parcel: SimulatorParcel, to: 'in_transit' | 'delivered' | 'exception') => (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={t('simulators.advanceNamed', { to: word('simulators.kinds', to), parcel: parcel.shipmentNumber ?? parcel.ref })}
      onClick={() => advance.mutate({ parcel: parcel.ref, to })}
    >
      {word('simulators.kinds', to)}
    </Button>
  );
  const columns: Column<SimulatorParcel>[] = [
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
    {
      key: 'advance',
      header: t('simulators.advance'),
      right: true,
      card: 'end',
      cell: (parcel) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {parcel.status !== 'in_transit' && move(parcel, 'in_transit')}
          {parcel.status !== 'exception' && move(parcel, 'exception')}
          {move(parcel, 'delivered')}
        </Group>
      ),
    },
  ];
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
