'use client';
import { Button } from '@mantine/core';
import {
  IconBan,
  IconCheck,
  IconClipboardList,
  IconCreditCard,
  IconHandStop,
  IconNote,
  IconReceiptRefund,
  IconTruck,
} from '@tabler/icons-react';
import { useState } from 'react';
import { ActionButton } from '../../components/ui/action-button.tsx';
import { BadgeGroup, StatusBadge } from '../../components/ui/badge.tsx';
import { ChangedBar, NextActionBanner } from '../../components/ui/bars.tsx';
import { CopyText, Id } from '../../components/ui/copy.tsx';
import { type Column, DataTable } from '../../components/ui/data-table.tsx';
import { DetailLayout, KeyValue, Section } from '../../components/ui/detail-layout.tsx';
import { EffectDialog } from '../../components/ui/effect-dialog.tsx';
import { MoneyInput } from '../../components/ui/form-fields.tsx';
import { Money, Quantity } from '../../components/ui/money.tsx';
import { PageHeader } from '../../components/ui/page-header.tsx';
import { PathTabs } from '../../components/ui/path-tabs.tsx';
import { Timeline } from '../../components/ui/timeline.tsx';
import { useToast } from '../../components/ui/toast.tsx';
import { SAMPLE_NOW } from './sample.ts';

interface Line {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly state: string;
  readonly totalMinor: bigint;
}

const LINES: readonly Line[] = [
  { sku: '85123A', name: 'White hanging heart T-light holder', quantity: 6, state: 'shipped', totalMinor: 15_30n },
  { sku: '71053', name: 'White metal lantern', quantity: 6, state: 'allocated', totalMinor: 20_34n },
  { sku: '84406B', name: 'Cream cupid hearts coat hanger', quantity: 8, state: 'backordered', totalMinor: 22_00n },
  { sku: 'POST', name: 'Postage', quantity: 1, state: 'cancelled', totalMinor: 18_00n },
];
const COLUMNS: readonly Column<Line>[] = [
  { key: 'sku', header: 'SKU', cell: (line) => <span className="wb-mono">{line.sku}</span>, card: 'sub' },
  { key: 'name', header: 'Product', cell: (line) => line.name, card: 'title' },
  { key: 'state', header: 'State', cell: (line) => <StatusBadge kind="span" value={line.state} />, card: 'end' },
  { key: 'quantity', header: 'Units', right: true, cell: (line) => <Quantity value={line.quantity} />, footer: 21 },
  {
    key: 'total',
    header: 'Total',
    right: true,
    cell: (line) => <Money amountMinor={line.totalMinor} currency="EUR" />,
    card: 'endSub',
    footer: <Money amountMinor={75_64n} currency="EUR" />,
  },
];
const MINUTE_MS = 60_000;
const before = (minutes: number) => new Date(SAMPLE_NOW - minutes * MINUTE_MS);

function RefundDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [amount, setAmount] = useState<bigint | null>(12_40n);
  const toast = useToast();
  return (
    <EffectDialog
      opened={opened}
      onClose={onClose}
      title="Refund EU-10432"
      preview={
        <KeyValue
          figures
          items={[
            { label: 'Refund to Visa •••• 4242', value: <Money amountMinor={amount} currency="EUR" /> },
            { label: 'Left of the capture', value: <Money amountMinor={60_00n} currency="EUR" /> },
            { label: 'Refunded in all', value: <Money amountMinor={-12_40n} currency="EUR" />, strong: true },
          ]}
        />
      }
      reason={{
        required: true,
        options: [
          { value: 'damaged', label: 'Arrived damaged' },
          { value: 'late', label: 'Arrived late' },
        ],
      }}
      verb="Refund €12.40"
      busy={false}
      error={{ kind: 'refused', message: 'What this would do has changed since it was shown.' }}
      onConfirm={() => {
        onClose();
        toast.success({
          message: 'Refunded €12.40.',
          link: { href: '/design?show=detail', label: 'Show refund' },
          undo: { id: 'sample', since: Date.now(), until: new Date(Date.now() + 10_000), run: () => undefined },
        });
      }}
    >
      <MoneyInput label="Amount" currency="EUR" value={amount} onChange={setAmount} max={75_64n} required />
    </EffectDialog>
  );
}

function Aside() {
  return (
    <>
      <Section title="Money">
        <KeyValue
          figures
          items={[
            { label: 'Items', value: <Money amountMinor={57_64n} currency="EUR" /> },
            { label: 'Discount', value: <Money amountMinor={-5_00n} currency="EUR" /> },
            { label: 'Shipping', value: <Money amountMinor={18_00n} currency="EUR" /> },
            { label: 'Tax', value: <Money amountMinor={5_00n} currency="EUR" /> },
            { label: 'Total', value: <Money amountMinor={75_64n} currency="EUR" />, strong: true },
            { label: 'Captured', value: <Money amountMinor={null} currency="EUR" /> },
          ]}
        />
      </Section>
      <Section title="Customer">
        <KeyValue
          items={[
            { label: 'Name', value: 'Ana García' },
            { label: 'E-mail', value: <CopyText value="ana.garcia@example.com" /> },
            { label: 'Id', value: <Id value="01932e5a-7c10-7000-8000-0000000a1b2c" /> },
          ]}
        />
      </Section>
    </>
  );
}

/** The record page with everything it can carry. */
export function SampleDetail() {
  const [refunding, setRefunding] = useState(false);
  const [changedBy, setChangedBy] = useState<string | null>('Lukas Brandt');
  return (
    <DetailLayout
      header={
        <PageHeader
          breadcrumbs={[{ label: 'Orders', href: '/design?show=list' }]}
          title={<CopyText value="EU-10432" />}
          sub="Placed 22 Nov 2026, 14:05 over the API"
          badges={
            <BadgeGroup>
              <StatusBadge kind="order" value="PARTIALLY_FULFILLED" />
              <StatusBadge kind="payment" value="IN_DOUBT" />
              <StatusBadge kind="hold" value="address" />
            </BadgeGroup>
          }
          secondary={
            <>
              <ActionButton
                label="Cancel"
                keys="c"
                variant="default"
                reason="A shipment has left already. Refund it, or wait for the return."
                onClick={() => undefined}
              />
              <ActionButton label="Refund" keys="r" variant="default" onClick={() => setRefunding(true)} />
            </>
          }
          primary={<ActionButton label="Ship" keys="s" icon={IconTruck} onClick={() => undefined} />}
          menu={[
            { label: 'Hold', icon: IconHandStop, onClick: () => undefined },
            { label: 'Add note', icon: IconNote, onClick: () => undefined },
            { label: 'Cancel order', icon: IconBan, danger: true, reason: 'A shipment has left already.' },
          ]}
        />
      }
      tabs={
        <PathTabs
          tabs={[
            { href: '/design', label: 'Overview' },
            { href: '/design/ledger', label: 'Ledger', count: 12 },
            { href: '/design/jobs', label: 'Jobs', count: 140 },
          ]}
        />
      }
      bars={
        <>
          <ChangedBar by={changedBy} onShow={() => setChangedBy(null)} />
          <NextActionBanner
            title="Check the address."
            text="The carrier does not know this street. The order waits until somebody releases the hold."
            action={
              <Button size="xs" variant="default">
                Release hold
              </Button>
            }
          />
        </>
      }
      aside={<Aside />}
    >
      <Section
        title="Lines"
        count={4}
        actions={
          <Button size="compact-sm" variant="subtle">
            Edit
          </Button>
        }
      >
        <DataTable
          embedded
          label="Lines"
          columns={COLUMNS}
          rows={LINES}
          rowKey={(line) => line.sku}
          rowLabel={(line) => line.sku}
        />
      </Section>
      <Section title="Timeline">
        <Timeline
          items={[
            {
              key: '4',
              at: before(2),
              icon: IconReceiptRefund,
              tone: 'returned',
              title: 'Refunded €12.40',
              actor: 'Ana García',
              body: 'Arrived damaged',
            },
            {
              key: '3',
              at: before(55),
              icon: IconTruck,
              tone: 'moving',
              title: 'Shipped 6 units',
              actor: 'Warehouse Berlin',
              cause: 'the pick queue',
            },
            {
              key: '2',
              at: before(300),
              icon: IconCreditCard,
              tone: 'doubt',
              title: 'Capture in doubt',
              actor: 'Payment provider',
            },
            { key: '1', at: before(301), icon: IconCheck, tone: 'done', title: 'Confirmed', actor: 'System' },
            { key: '0', at: before(4_000), icon: IconClipboardList, tone: 'neutral', title: 'Placed', actor: 'Checkout' },
          ]}
        />
      </Section>
      <RefundDialog opened={refunding} onClose={() => setRefunding(false)} />
    </DetailLayout>
  );
}
