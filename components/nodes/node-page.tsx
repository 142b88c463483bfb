'use client';
import { Button, Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { NodeRow } from '../../server/views/routing.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { DetailLayout, Section } from '../ui/detail-layout.tsx';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ErrorState, Loaded } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';
import { areaOf } from './area-text.ts';
import { formOf, inputOf, minutesOf, type NodeForm } from './node-form.ts';
import { NodeWork } from './node-work.tsx';
import classes from './nodes.module.css';
import { ZoneFields } from './zone-fields.tsx';

/** One node: what it can do, where it sends to and what that costs. */
export function NodeDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const node = useQuery(trpc.nodes.get.queryOptions({ id }));
  return (
    <Loaded data={node.data} error={shownError(node.error)} onRetry={() => void node.refetch()} lines={12}>
      {(row) => <NodeEditor key={row.version} node={row} />}
    </Loaded>
  );
}

const MAX_PRIORITY = 100_000;
const MAX_DAYS = 30;
const MAX_CAPACITY = 10_000_000;
const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

interface Fields {
  readonly form: NodeForm;
  readonly change: (part: Partial<NodeForm>) => void;
}

function NodeEditor({ node }: { node: NodeRow }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const may = usePowers().may('nodes.save');
  const [form, setForm] = useState(formOf(node));
  const change = (part: Partial<NodeForm>) => setForm((before) => ({ ...before, ...part }));
  const input = inputOf(form);
  const same = JSON.stringify(form) === JSON.stringify(formOf(node));
  const save = useMutation(
    trpc.nodes.save.mutationOptions({
      onSuccess: () => toast.success({ message: t('routing.node.saved', { name: node.name }) }),
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.nodes.pathFilter()),
    }),
  );
  const blocked = !may
    ? t('routing.node.readOnly')
    : input === null
      ? t('routing.node.wrong')
      : same
        ? t('routing.node.same')
        : null;
  const { merchantId, id: nodeId, version } = node;
  const error = shownError(save.error);
  return (
    <DetailLayout
      header={
        <PageHeader
          breadcrumbs={[{ label: t('routing.node.title'), href: '/nodes' }]}
          title={node.name}
          sub={`${node.code} · ${t(`routing.kinds.${node.kind as 'store'}`)} · ${node.merchantName}`}
        />
      }
      aside={<NodeWork node={node} />}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (input && !blocked) save.mutate(request.keyed({ ...input, merchantId, nodeId, version }));
        }}
      >
        <fieldset disabled={!may} style={{ display: 'contents' }}>
          <When form={form} change={change} />
          <Where form={form} change={change} />
          <What form={form} change={change} currency={node.currency} />
          <Section title={t('routing.node.zones')}>
            <ZoneFields zones={form.zones} currency={node.currency} onChange={(zones) => change({ zones })} />
          </Section>
        </fieldset>
        {error && <ErrorState error={error} compact />}
        <div className={classes.buttons}>
          <Button type="submit" disabled={blocked !== null} loading={save.isPending}>
            {t('routing.node.save', { name: node.name })}
          </Button>
          {blocked && <span className={classes.text}>{blocked}</span>}
        </div>
      </form>
    </DetailLayout>
  );
}

function When({ form, change }: Fields) {
  const { t } = useMessages();
  return (
    <Section title={t('routing.node.when')}>
      <div className={classes.fields}>
        <TextInput
          label={t('routing.node.timeZone')}
          description={t('routing.node.timeZoneHint')}
          required
          value={form.timeZone}
          onChange={(event) => change({ timeZone: event.currentTarget.value })}
        />
        <TextInput
          label={t('routing.node.cutoff')}
          description={t('routing.node.cutoffHint')}
          required
          error={minutesOf(form.cutoff) === null ? t('routing.node.wrong') : undefined}
          value={form.cutoff}
          onChange={(event) => change({ cutoff: event.currentTarget.value })}
        />
        <QuantityInput
          label={t('routing.node.handlingDays')}
          value={form.handlingDays}
          max={MAX_DAYS}
          onChange={(handlingDays) => change({ handlingDays })}
        />
        <MultiSelect
          label={t('routing.node.workingDays')}
          required
          data={WEEK.map((day) => ({ value: String(day), label: t(`routing.node.days.d${day}`) }))}
          value={form.workingDays.map(String)}
          onChange={(days) => change({ workingDays: days.map(Number) })}
        />
        <TextInput
          label={t('routing.node.blackoutDays')}
          description={t('routing.node.blackoutHint')}
          value={form.blackoutDays}
          onChange={(event) => change({ blackoutDays: event.currentTarget.value })}
        />
        <QuantityInput
          label={t('routing.node.capacity')}
          description={t('routing.node.capacityHint')}
          value={form.capacityPerDay}
          max={MAX_CAPACITY}
          onChange={(capacityPerDay) => change({ capacityPerDay })}
        />
        <Select
          label={t('routing.node.capacityUnit')}
          data={(['orders', 'units'] as const).map((unit) => ({ value: unit, label: t(`routing.node.units.${unit}`) }))}
          value={form.capacityUnit}
          allowDeselect={false}
          onChange={(unit) => change({ capacityUnit: (unit as NodeForm['capacityUnit']) ?? 'orders' })}
        />
      </div>
    </Section>
  );
}

function Where({ form, change }: Fields) {
  const { t } = useMessages();
  return (
    <Section title={t('routing.node.where')}>
      <div className={classes.fields}>
        <TextInput
          label={t('routing.node.area')}
          description={t('routing.node.areaHint')}
          error={areaOf(form.area) === null ? t('routing.node.areaWrong') : undefined}
          value={form.area}
          onChange={(event) => change({ area: event.currentTarget.value })}
        />
        <QuantityInput
          label={t('routing.node.priority')}
          description={t('routing.node.priorityHint')}
          value={form.priority}
          max={MAX_PRIORITY}
          onChange={(priority) => change({ priority })}
        />
      </div>
      <div className={classes.checks}>
        <Checkbox
          label={t('routing.node.shipFrom')}
          checked={form.shipFrom}
          onChange={(event) => change({ shipFrom: event.currentTarget.checked })}
        />
        <Checkbox
          label={t('routing.node.pickUp')}
          checked={form.pickUp}
          onChange={(event) => change({ pickUp: event.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

function What({ form, change, currency }: Fields & { currency: string }) {
  const { t } = useMessages();
  const money = (value: number | null) => (value === null ? null : BigInt(value));
  return (
    <Section title={t('routing.node.what')}>
      <div className={classes.fields}>
        <MoneyInput
          label={t('routing.node.handlingOrder')}
          required
          currency={currency}
          value={money(form.handlingOrderMinor)}
          onChange={(amount) => change({ handlingOrderMinor: amount === null ? null : Number(amount) })}
        />
        <MoneyInput
          label={t('routing.node.handlingUnit')}
          required
          currency={currency}
          value={money(form.handlingUnitMinor)}
          onChange={(amount) => change({ handlingUnitMinor: amount === null ? null : Number(amount) })}
        />
      </div>
    </Section>
  );
}
