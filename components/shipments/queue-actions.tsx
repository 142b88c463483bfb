'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { newId } from '../../server/kernel/ids.ts';
import type { QueueStage } from '../../server/kernel/vocabulary.ts';
import type { QueueRow } from '../../server/views/queue.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { PackDialog } from './pack-dialog.tsx';
import { ShipDialog } from './ship-rows-dialog.tsx';

/** A pick list that was just made, to be printed. */
export interface MadeList {
  readonly number: string;
  readonly orders: number;
  readonly units: number;
}

interface Outcome {
  readonly orders: readonly string[];
  readonly left: readonly { readonly why: string }[];
}

interface Round {
  readonly nodeId: string;
  readonly orderIds: string[];
}

/** A round has one node: rows of several nodes become several rounds. */
function byNode(rows: readonly QueueRow[]): Round[] {
  return [...Map.groupBy(rows, (row) => row.nodeId)].map(([nodeId, own]) => ({
    nodeId,
    orderIds: own.map((row) => row.orderId),
  }));
}

/** Runs a verb of picking for each node of the selection, and says what came of it. */
function useRounds(clear: () => void) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const queryClient = useQueryClient();
  const onSettled = () => {
    for (const touched of [trpc.shipments, trpc.orders, trpc.home]) void queryClient.invalidateQueries(touched.pathFilter());
  };
  // A node that refuses does not hide what was done at the others.
  const each = async <R extends Outcome>(rows: readonly QueueRow[], act: (round: Round) => Promise<R>) => {
    const done: R[] = [];
    for (const round of byNode(rows)) {
      try {
        done.push(await act(round));
      } catch (error) {
        toast.error(shownError(error));
      }
    }
    return done;
  };
  const told = (message: string, outcomes: readonly Outcome[]) => {
    if (outcomes.length === 0) return;
    const left = outcomes.flatMap((outcome) => outcome.left);
    toast.success({ message });
    for (const { why } of left) toast.error({ kind: 'refused', message: why });
    clear();
  };
  const count = (outcomes: readonly Outcome[]) => outcomes.reduce((sum, outcome) => sum + outcome.orders.length, 0);
  const start = useMutation({
    mutationFn: (rows: readonly QueueRow[]) =>
      each(rows, (round) => client.shipments.startPicking.mutate({ ...round, idempotencyKey: newId() })),
    onSuccess: (made) => told(t('shipments.pickingStarted', { count: count(made) }), made),
    onSettled,
  });
  const finish = useMutation({
    mutationFn: ({ rows, outcome }: { rows: readonly QueueRow[]; outcome: 'packed' | 'released' }) =>
      each(rows, (round) => client.shipments.finishPicking.mutate({ ...round, outcome, idempotencyKey: newId() })),
    onSuccess: (done, { outcome }) => told(t(`shipments.finished.${outcome}`, { count: count(done) }), done),
    onSettled,
  });
  return { start, finish };
}

/** Pick, pack, ship, or put back: each for those of the selected rows that are at that point. */
export function QueueActions(props: {
  selected: readonly QueueRow[];
  clear: () => void;
  onMade: (lists: readonly MadeList[]) => void;
}) {
  const { selected, clear } = props;
  const { t } = useMessages();
  const powers = usePowers();
  const { start, finish } = useRounds(clear);
  const [shipping, setShipping] = useState<readonly QueueRow[] | null>(null);
  const [packing, setPacking] = useState<QueueRow | null>(null);
  if (!powers.may('shipments.startPicking')) return null;
  const at = (...stages: QueueStage[]) => selected.filter((row) => stages.includes(row.stage));
  const none = (rows: readonly QueueRow[], why: string) => (rows.length === 0 ? why : null);
  const [toPick, fetched, packed, started] = [at('to_pick'), at('picking'), at('packed'), at('picking', 'packed')];
  const busy = start.isPending || finish.isPending;
  const begin = async () => {
    const made = await start.mutateAsync(toPick);
    props.onMade(made.map(({ number, orders, units }) => ({ number, orders: orders.length, units })));
  };
  return (
    <>
      <ActionButton
        size="xs"
        label={t('shipments.startPicking', { count: toPick.length })}
        reason={none(toPick, t('shipments.noneToPick'))}
        loading={busy}
        onClick={() => void begin()}
      />
      <ActionButton
        size="xs"
        variant="default"
        label={t('shipments.markPacked', { count: fetched.length })}
        reason={none(fetched, t('shipments.nonePicking'))}
        loading={busy}
        onClick={() => finish.mutate({ rows: fetched, outcome: 'packed' })}
      />
      <ActionButton
        size="xs"
        variant="default"
        label={t('shipments.shipRows', { count: packed.length })}
        reason={none(packed, t('shipments.nonePacked'))}
        onClick={() => setShipping(packed)}
      />
      <ActionButton
        size="xs"
        variant="default"
        label={t('parcels.pack')}
        reason={packed.length === 1 && selected.length === 1 ? null : t('parcels.packOne')}
        onClick={() => setPacking(packed[0] ?? null)}
      />
      <ActionButton
        size="xs"
        variant="default"
        label={t('shipments.putBack', { count: started.length })}
        reason={none(started, t('shipments.noneStarted'))}
        loading={busy}
        onClick={() => finish.mutate({ rows: started, outcome: 'released' })}
      />
      {packing && <PackDialog row={packing} onClose={() => setPacking(null)} onDone={clear} />}
      {shipping && <ShipDialog rows={shipping} onClose={() => setShipping(null)} onDone={clear} />}
    </>
  );
}
