'use client';
import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { isShippable, mayShip } from '../../server/domains/orders/rules.ts';
import type { ShipPreview } from '../../server/flows/ship-order.ts';
import { unitsIn } from '../../server/kernel/units.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { orderFacts } from './order-facts.ts';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { choosable, UnitFields, useUnits } from './unit-fields.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';

/** The nodes where units of the order wait, by their code. */
function waitingNodes(page: OrderPage): { value: string; label: string }[] {
  const spans = page.lines.flatMap((line) => line.spans).filter((span) => span.state === 'allocated' && !span.shipmentId);
  const nodes = new Map(spans.flatMap((span) => (span.nodeId ? [[span.nodeId, span.nodeCode ?? span.nodeId] as const] : [])));
  return [...nodes].map(([value, label]) => ({ value, label }));
}

type Parcel = ShipPreview['shipments'][number];

/** Units that are packed: what is charged with the parcel but has no body, such as shipping, is not counted. */
function packedUnits(parcels: readonly Parcel[], page: OrderPage): number {
  const goods = new Set(page.lines.filter((line) => line.stocked).map((line) => line.id));
  return unitsIn(parcels.flatMap((parcel) => parcel.units).filter((range) => goods.has(range.lineId)));
}

function useFigures(nodes: readonly { value: string; label: string }[], page: OrderPage) {
  const { t } = useMessages();
  const format = useFormat();
  return (plan: ShipPreview): Figure[] => [
    ...plan.shipments.map((shipment) => ({
      label: t('actions.ship.parcel', { node: nodes.find(({ value }) => value === shipment.nodeId)?.label ?? t('ui.unknown') }),
      text: t('actions.ship.parcelValue', {
        count: packedUnits([shipment], page),
        amount: format.money(shipment.valueMinor, plan.currency),
      }),
    })),
    {
      label: t('actions.ship.captures'),
      text: format.money(
        plan.shipments.reduce((sum, shipment) => sum + shipment.valueMinor, 0),
        plan.currency,
      ),
      strong: true,
    },
  ];
}

/** Hands allocated units to the carrier: from which node, how many, in which parcels. */
export function ShipDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { order } = page;
  const nodes = waitingNodes(page);
  const figures = useFigures(nodes, page);
  const [nodeId, setNode] = useState<string | null>(null);
  const lines = choosable(page, (span) => isShippable(span) && (nodeId === null || span.nodeId === nodeId));
  const units = useUnits(lines);
  const allowed = mayShip(orderFacts(page));
  const input =
    allowed.allowed && units.problem === null ? { orderId: order.id, units: units.selection, nodeId: nodeId ?? undefined } : null;
  const planned = usePlan('ship', input, order.version, (wanted) => client.orders.previewShip.mutate(wanted));
  const { plan } = planned;
  const done = useOrderDone(page, onClose, planned.again);
  const ship = useMutation(
    trpc.orders.ship.mutationOptions({
      onSuccess: (result) => done.succeeded(t('actions.ship.done', { number: order.number, count: result.shipments.length })),
      onError: done.failed,
    }),
  );
  const blocked = !allowed.allowed ? allowed.why : units.problem;
  return (
    <PlanDialog
      onClose={onClose}
      title={t('actions.ship.title', { number: order.number })}
      planned={planned}
      figures={figures}
      verb={plan ? t('actions.ship.verb', { count: packedUnits(plan.shipments, page) }) : t('actions.ship.verbWaiting')}
      blocked={blocked}
      sending={ship}
      onConfirm={(asked) => ship.mutate(done.keyed(asked))}
    >
      {nodes.length > 1 && (
        <Select
          label={t('actions.node')}
          placeholder={t('actions.allNodes')}
          data={nodes}
          value={nodeId}
          onChange={setNode}
          clearable
        />
      )}
      <UnitFields lines={lines} units={units} />
    </PlanDialog>
  );
}
