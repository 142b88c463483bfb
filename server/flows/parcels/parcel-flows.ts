import type pg from 'pg';
import type { AnswerClaimInput, FileClaimInput, OpenClaimInput } from '../../domains/claims/schema.ts';
import type { ReceiveReturnInput, SetHandOverInput, SettleParcelInput, VoidLabelInput } from '../../domains/fulfilment/schema.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { nextCall } from '../../domains/manifests/rules.ts';
import type { CloseManifestInput, HandOverInput } from '../../domains/manifests/schema.ts';
import * as manifests from '../../domains/manifests/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { job, newOutbox, writeOutbox } from '../../platform/outbox.ts';
import { CALL_LEASE_MS, CALL_LIMIT_MS } from '../../platform/saga.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { carrier, type Outside } from '../outside.ts';
import { lockWorld } from '../world.ts';
import { type AnsweredClaim, answerClaim, type FiledClaim, fileClaim, type OpenedClaim, openClaim } from './claims.ts';
import {
  type ClosedManifest,
  closeManifest,
  type HandedOver,
  handOverManifest,
  lockManifest,
  settleManifest,
  writeManifests,
} from './manifests.ts';
import { type ReceivedReturn, receiveReturn, type SettledParcel, settleParcel } from './receive-return.ts';
import { type ChangedHandOver, setHandOver } from './set-hand-over.ts';
import { previewVoid, type VoidedLabel, type VoidPreview, voidLabel } from './void-label.ts';

/** What becomes of parcels: labels taken back, manifests, claims, what comes back. */
export interface ParcelFlows {
  readonly voidLabel: Call<VoidLabelInput, VoidedLabel>;
  previewVoid(input: VoidLabelInput, ctx: Ctx): Promise<VoidPreview>;
  readonly openClaim: Call<OpenClaimInput, OpenedClaim>;
  readonly fileClaim: Call<FileClaimInput, FiledClaim>;
  readonly answerClaim: Call<AnswerClaimInput, AnsweredClaim>;
  readonly receiveReturn: Call<ReceiveReturnInput, ReceivedReturn>;
  readonly settleParcel: Call<SettleParcelInput, SettledParcel>;
  readonly closeManifest: Call<CloseManifestInput, ClosedManifest>;
  readonly handOverManifest: Call<HandOverInput, HandedOver>;
  readonly setHandOver: Call<SetHandOverInput, ChangedHandOver>;
  /** Takes a manifest that is being closed one step further; what a job does. */
  advanceManifest(manifestId: string, signal?: AbortSignal): Promise<void>;
  /** Finds manifests whose job was lost. */
  sweepManifests(): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly outside: Outside;
  readonly clock: () => Date;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

const SWEEP_GRACE_MS = 5_000;
const SWEEP_LIMIT = 100;

export function createParcelFlows(deps: Deps): ParcelFlows {
  const { pool, verb, clock } = deps;
  return {
    voidLabel: verb(voidLabel),
    previewVoid: (input, ctx) =>
      withTx(pool, async (tx: Tx) => {
        forgetLocks(tx);
        const orderIds = await fulfilment.ordersOfShipments(tx, [input.shipmentId]);
        return previewVoid(await lockWorld(tx, { orderIds }, ctx), input);
      }),
    openClaim: verb(openClaim),
    fileClaim: verb(fileClaim),
    answerClaim: verb(answerClaim),
    receiveReturn: verb(receiveReturn),
    settleParcel: verb(settleParcel),
    closeManifest: verb(closeManifest),
    handOverManifest: verb(handOverManifest),
    setHandOver: verb(setHandOver),
    advanceManifest: (manifestId, signal) => advanceManifest(deps, manifestId, signal),
    sweepManifests: async () => {
      const due = await manifests.findDue(pool, new Date(clock().getTime() - SWEEP_GRACE_MS), SWEEP_LIMIT);
      if (due.length === 0) return 0;
      await withTx(pool, async (tx) => {
        const outbox = newOutbox();
        for (const manifestId of due) job(outbox, { task: 'advance-manifest', payload: { manifestId } });
        await writeOutbox(tx, outbox);
      });
      return due.length;
    },
  };
}

/**
 * The attempt is recorded and leased; the carrier is asked outside any transaction, under the manifest's own id; what it says is booked
 * unless somebody was faster. Whoever dies in between leaves a row that is due again, and then the carrier is asked before it is told.
 */
async function advanceManifest({ pool, home, outside, clock }: Deps, id: string, signal?: AbortSignal): Promise<void> {
  const ctx = (): Ctx => ({ now: clock(), actor: 'system:manifest', traceId: newId(), requestId: newId(), home });
  const leased = await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockManifest(tx, [id], ctx());
    const manifest = world.manifests.byId.get(id);
    const call = manifest ? nextCall(manifest, clock()) : null;
    if (!manifest || !call) return null;
    manifests.changed(world.manifests, manifest);
    Object.assign(manifest, { asked: true, nextAt: new Date(clock().getTime() + CALL_LEASE_MS) });
    job(world.outbox, { task: 'advance-manifest', payload: { manifestId: id }, runAt: manifest.nextAt as Date });
    await writeManifests(tx, world);
    const { number, carrier: name, version } = manifest;
    const carrierRefs = manifests.parcelsOf(world.manifests, id).map((parcel) => parcel.carrierRef);
    return { call, name, version, input: { attemptId: id, number, carrierRefs } };
  });
  if (!leased) return;
  const limited = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(CALL_LIMIT_MS)]);
  const provider = carrier(outside, leased.name);
  const outcome =
    leased.call === 'ask' ? await provider.queryManifest(id, limited) : await provider.createManifest(leased.input, limited);
  await withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockManifest(tx, [id], ctx());
    const manifest = world.manifests.byId.get(id);
    if (manifest?.version !== leased.version || manifest.status !== 'closing') return;
    // Nothing was sent to a carrier that could not be reached.
    if (leased.call === 'send') manifest.asked = false;
    settleManifest(world, manifest, outcome, ctx());
    await writeManifests(tx, world);
  });
}
