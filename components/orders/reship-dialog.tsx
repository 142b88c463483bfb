'use client';
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { replaceableUnits } from '../../server/domains/orders/rules.ts';
import { RESHIP_REASONS, type ReshipReason } from '../../server/domains/orders/schema.ts';
import type { ReshipPreview } from '../../server/flows/reship-order.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { orderFacts, reshippable } from './order-facts.ts';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { UnitFields, useUnits } from './unit-fields.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';

/** Sends units of a shipment once more at no charge. */
export function ReshipDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const named = useSearchParams().get('shipment');
  const possible = reshippable(page);
  const [chosen, setChosen] = useState<string | null>(null);
  const shipment = possible.find(({ number }) => number === (chosen ?? named)) ?? possible[0];
  const left = shipment ? replaceableUnits(orderFacts(page), shipment.id) : new Map<string, number>();
  const lines = page.lines.filter((line) => left.has(line.id)).map((line) => ({ line, max: left.get(line.id) ?? 0 }));
  const units = useUnits(lines);
  const ready = shipment !== undefined && units.problem === null;
  const input = ready ? { orderId: order.id, shipmentId: shipment.id, units: units.selection, reason: 'other' as const } : null;
  const planned = usePlan('reship', input, order.version, (wanted) => client.orders.previewReship.mutate(wanted));
  const { plan } = planned;
  const done = useOrderDone(page, onClose, planned.again);
  const reship = useMutation(
    trpc.orders.reship.mutationOptions({
      onSuccess: () => done.succeeded(t('actions.reship.done', { number: order.number })),
      onError: done.failed,
    }),
  );
  const figures = (shown: ReshipPreview): Figure[] => [
    ...shown.lines.map((line) => ({ label: line.name, text: t('actions.reship.units', { count: line.quantity }) })),
    { label: t('actions.reship.charge'), text: format.money(0n, order.currency), strong: true },
  ];
  const count = plan?.lines.reduce((sum, line) => sum + line.quantity, 0) ?? 0;
  const blocked = !shipment ? t('actions.reship.none') : units.problem;
  return (
    <PlanDialog
      onClose={onClose}
      title={t('actions.reship.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={() => t('actions.reship.effect')}
      reason={{
        required: true,
        options: RESHIP_REASONS.map((value) => ({ value, label: t(`actions.reship.reasons.${value}`) })),
        quick: RESHIP_REASONS.slice(0, QUICK),
        remember: 'reship',
      }}
      noted
      verb={plan ? t('actions.reship.verb', { count }) : t('actions.reship.verbWaiting')}
      blocked={blocked}
      sending={reship}
      onConfirm={(asked, { reason, note }) => reship.mutate(done.keyed({ ...asked, reason: reason as ReshipReason, note }))}
    >
      {possible.length > 1 && (
        <Select
          label={t('actions.reship.shipment')}
          data={possible.map(({ number, status }) => ({ value: number, label: `${number} · ${t(`status.shipment.${status}`)}` }))}
          value={shipment?.number ?? null}
          onChange={setChosen}
        />
      )}
      <UnitFields lines={lines} units={units} />
    </PlanDialog>
  );
}

/** As many as fit into one row. */
const QUICK = 4;
