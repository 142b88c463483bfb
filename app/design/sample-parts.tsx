'use client';
import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActionButton } from '../../components/ui/action-button.tsx';
import { Badge, BadgeGroup, StatusBadge, StripedBadge } from '../../components/ui/badge.tsx';
import { Bar } from '../../components/ui/bars.tsx';
import { CopyText, Id } from '../../components/ui/copy.tsx';
import { KeyValue, NarrowLayout, Section } from '../../components/ui/detail-layout.tsx';
import { EffectDialog } from '../../components/ui/effect-dialog.tsx';
import { MoneyInput, QuantityInput } from '../../components/ui/form-fields.tsx';
import { Money, Quantity } from '../../components/ui/money.tsx';
import { PageHeader } from '../../components/ui/page-header.tsx';
import { PathTabs } from '../../components/ui/path-tabs.tsx';
import { StatCard, StatGrid } from '../../components/ui/stat-card.tsx';
import { EmptyState, ErrorState, LoadingLines, NoMatch } from '../../components/ui/states.tsx';
import { STATUS_LOOKS, type StatusKind } from '../../components/ui/status.ts';
import { TimeAgo } from '../../components/ui/time-ago.tsx';
import { Timeline } from '../../components/ui/timeline.tsx';
import { useToast } from '../../components/ui/toast.tsx';
import { TONES } from '../../components/ui/tokens.ts';
import { SAMPLE_NOW } from './sample.ts';

const HOUR_MS = 3_600_000;
const KINDS = Object.keys(STATUS_LOOKS) as StatusKind[];

function Vocabulary() {
  const badges = (kind: StatusKind) => (
    <BadgeGroup>
      {Object.keys(STATUS_LOOKS[kind]).map((value) => (
        <StatusBadge key={value} kind={kind} value={value} />
      ))}
    </BadgeGroup>
  );
  return (
    <Section title="Vocabulary">
      <KeyValue
        items={[
          ...KINDS.map((kind) => ({ label: kind, value: badges(kind) })),
          { label: 'unknown', value: <StatusBadge kind="order" value="A_WORD_OF_TOMORROW" /> },
          {
            label: 'tones',
            value: (
              <BadgeGroup>
                {TONES.map((tone) => (
                  <Badge key={tone} tone={tone}>
                    {tone}
                  </Badge>
                ))}
                <StripedBadge>Striped</StripedBadge>
              </BadgeGroup>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Figures() {
  return (
    <Section title="Figures, times, ids">
      <KeyValue
        items={[
          { label: 'Euro', value: <Money amountMinor={123_450n} currency="EUR" /> },
          { label: 'Negative', value: <Money amountMinor={-1_240} currency="EUR" /> },
          { label: 'Yen', value: <Money amountMinor={123_450n} currency="JPY" /> },
          { label: 'Dinar', value: <Money amountMinor={123_450n} currency="KWD" withCode /> },
          { label: 'Unknown', value: <Money amountMinor={null} currency="EUR" /> },
          { label: 'Quantity', value: <Quantity value={12_345} /> },
          { label: 'Just now', value: <TimeAgo at={new Date(SAMPLE_NOW)} /> },
          { label: 'Hours', value: <TimeAgo at={new Date(SAMPLE_NOW - 5 * HOUR_MS)} /> },
          { label: 'Days', value: <TimeAgo at={new Date(SAMPLE_NOW - 100 * HOUR_MS)} /> },
          { label: 'Id', value: <Id value="01932e5a-7c10-7000-8000-0000000a1b2c" /> },
          { label: 'Text', value: <CopyText value="pi_3QNx2eLkdIwHu7ix0" mono /> },
        ]}
      />
    </Section>
  );
}

function Buttons() {
  const toast = useToast();
  const [opened, setOpened] = useState(false);
  const noop = () => undefined;
  return (
    <Section title="Buttons, dialogs, toasts">
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
        <ActionButton label="Primary" onClick={noop} />
        <ActionButton label="Default" variant="default" onClick={noop} />
        <ActionButton label="Danger" color="red" onClick={noop} />
        <ActionButton label="Refused" reason="A shipment has left already." onClick={noop} />
        <ActionButton label="Refused default" variant="default" reason="A shipment has left already." onClick={noop} />
        <ActionButton label="Busy" loading onClick={noop} />
        <Button variant="subtle">Subtle</Button>
        <Button variant="light">Light</Button>
        <Button variant="default" onClick={() => setOpened(true)}>
          Dialog while planning
        </Button>
        <Button
          variant="default"
          onClick={() =>
            toast.success({
              message: 'Shipped.',
              link: { href: '/design', label: 'Show' },
              undo: { id: 'sample', since: Date.now(), until: new Date(Date.now() + 10_000), run: noop },
            })
          }
        >
          Toast
        </Button>
        <Button variant="default" onClick={() => toast.error({ kind: 'network' })}>
          Error toast
        </Button>
      </div>
      <EffectDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title="Cancel EU-10432"
        preview={undefined}
        reason={{ required: true }}
        verb="Cancel order"
        danger
        busy={false}
        blocked="The plan is not known yet."
        onConfirm={noop}
      />
    </Section>
  );
}

function Fields() {
  const [amount, setAmount] = useState<bigint | null>(12_40n);
  const [quantity, setQuantity] = useState<number | null>(3);
  return (
    <Section title="Fields">
      <div style={{ display: 'grid', gap: 16, maxWidth: 400 }}>
        <TextInput label="Name" description="As on the parcel" placeholder="Ana García" />
        <TextInput label="E-mail" required defaultValue="ana" error="This is not an e-mail address." />
        <MoneyInput label="Amount" currency="EUR" value={amount} onChange={setAmount} max={10_00n} />
        <QuantityInput label="Units" value={quantity} onChange={setQuantity} min={1} max={6} />
        <Select label="Node" data={['Berlin', 'Lyon']} placeholder="Choose a node" />
        <Textarea label="Note" disabled defaultValue="Only the author can change it." />
      </div>
    </Section>
  );
}

/** All small parts, one under the other. */
export function SampleParts() {
  return (
    <NarrowLayout
      header={<PageHeader title="The kit" sub="Every part of the console, in every state." />}
      tabs={
        <PathTabs
          label="Kit pages"
          tabs={[
            { href: '/design', label: 'Parts' },
            { href: '/design?show=list', label: 'List page' },
            { href: '/design?show=detail', label: 'Detail page' },
          ]}
        />
      }
    >
      <StatGrid>
        <StatCard
          label="Sales today"
          value={<Money amountMinor={1_248_230n} currency="EUR" />}
          note="+12.4 % against last week"
          href="/design?show=list"
        />
        <StatCard label="Orders" value={<Quantity value={1_204} />} note="As of 3 s ago" />
        <StatCard label="In doubt" value="—" />
      </StatGrid>
      <Vocabulary />
      <Figures />
      <Buttons />
      <Section title="Bars">
        <div style={{ display: 'grid', gap: 8 }}>
          {TONES.map((tone) => (
            <Bar key={tone} tone={tone} title="What is so.">
              And what to do about it, in one sentence that may well be longer than the line it is given here.
            </Bar>
          ))}
        </div>
      </Section>
      <Fields />
      <Section title="States">
        <EmptyState
          compact
          title="No returns yet"
          reason="A return appears here when a customer asks for one."
          action={<Button variant="default">Read how</Button>}
        />
        <NoMatch onClear={() => undefined} />
        <ErrorState
          error={{ kind: 'refused', message: 'Too much is waiting. Try again in a moment.', requestId: '01932e5a7c10' }}
          onRetry={() => undefined}
        />
        <ErrorState error={{ kind: 'not_found' }} />
        <LoadingLines />
        <Timeline items={[]} />
      </Section>
    </NarrowLayout>
  );
}
