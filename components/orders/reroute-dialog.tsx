'use client';
import { Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { REROUTE_REASONS, type RerouteReason } from '../../server/domains/routing/schema.ts';
import type { ReroutePreview } from '../../server/flows/routing/reroute-order.ts';
import type { OrderPage } from '../../server/views/order.ts';
import { useTRPC, useTRPCClient } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { waitingNodes } from './order-facts.ts';
import { PlanDialog } from './plan-dialog.tsx';
import type { Figure } from './plan-preview.tsx';
import { useOrderDone } from './use-order-done.ts';
import { usePlan } from './use-plan.ts';

/** Takes what waits at a node from it, and has another one found. */
export function RerouteDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const waiting = waitingNodes(page);
  const [chosen, setChosen] = useState<string | null>(null);
  const nodeId = chosen ?? waiting[0] ?? null;
  const nodes = useQuery(trpc.nodes.list.queryOptions());
  const nameOf = (id: string) => nodes.data?.find((node) => node.id === id)?.name ?? t('ui.unknown');
  const input = nodeId ? { orderId: order.id, nodeId, reason: 'manual' as RerouteReason } : null;
  const planned = usePlan('reroute', input, order.version, (wanted) => client.routing.previewReroute.mutate(wanted));
  const done = useOrderDone(page, onClose, planned.again);
  const reroute = useMutation(
    trpc.routing.reroute.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries(trpc.routing.pathFilter());
        done.succeeded(t('routing.reroute.done'));
      },
      onError: done.failed,
    }),
  );
  const figures = (shown: ReroutePreview): Figure[] => [
    ...shown.units.map((line) => ({ label: line.name, text: t('routing.reroute.units', { count: line.quantity }) })),
    ...(shown.held ? [{ label: t('routing.reroute.held', { count: shown.before }), text: '' }] : []),
    ...(shown.forecast === null
      ? [{ label: t('routing.reroute.unknown'), text: '' }]
      : [
          ...shown.forecast.legs.map((leg) => ({
            label: t('routing.reroute.goes', { name: leg.name }),
            text: t('routing.reroute.units', { count: leg.units }),
            strong: true,
          })),
          ...(shown.forecast.missing > 0
            ? [{ label: t('routing.reroute.missing'), text: t('routing.reroute.units', { count: shown.forecast.missing }) }]
            : []),
        ]),
  ];
  const count = planned.plan?.units.reduce((sum, line) => sum + line.quantity, 0);
  return (
    <PlanDialog
      onClose={onClose}
      title={t('routing.reroute.title', { number: order.number })}
      planned={planned}
      figures={figures}
      effect={() => t('routing.reroute.effect')}
      reason={{
        required: true,
        options: REROUTE_REASONS.map((value) => ({ value, label: t(`routing.reroute.reasons.${value}`) })),
        quick: REROUTE_REASONS.slice(0, QUICK),
        remember: 'reroute',
      }}
      noted
      verb={count === undefined ? t('routing.reroute.verbWaiting') : t('routing.reroute.verb', { count })}
      blocked={nodeId === null ? t('routing.reroute.none') : null}
      sending={reroute}
      onConfirm={(asked, { reason, note }) =>
        reroute.mutate(done.keyed({ ...asked, reason: reason as RerouteReason, ...(note ? { note } : {}) }))
      }
    >
      {nodeId !== null && (
        <Select
          label={t('routing.reroute.node')}
          data={waiting.map((id) => ({ value: id, label: nameOf(id) }))}
          value={nodeId}
          allowDeselect={false}
          onChange={setChosen}
        />
      )}
    </PlanDialog>
  );
}

/** As many as fit into one row. */
const QUICK = 4;
