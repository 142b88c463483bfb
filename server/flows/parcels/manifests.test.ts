import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMortal, type Death } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { boxesOf, calledFor, comesToRest, packed, shipmentRow } from '../testing/parcel-hands.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
  await calledFor(w);
});
beforeEach(() => w.carrier.switches.reset());
afterAll(() => w.close());

const LEASE_MS = 13_000;
const close = () => w.flows.parcels.closeManifest({ nodeId: w.nodes[0] as string, carrier: 'parcel' }, w.ctx('warehouse'));
const handOver = (manifestId: string, rest: { trackingNumbers?: string[]; finish?: boolean } = {}) =>
  w.flows.parcels.handOverManifest({ manifestId, finish: false, ...rest }, w.ctx('warehouse'));

async function closed(): Promise<{ id: string; parcels: number }> {
  const manifest = await close();
  await w.flows.parcels.advanceManifest(manifest.id);
  await w.settle();
  return manifest;
}

async function manifestRow(id: string): Promise<Record<string, unknown>> {
  return (await w.db.pool.query('SELECT * FROM manifests WHERE id = $1', [id])).rows[0];
}

describe('a day that is closed with a manifest', () => {
  it('takes the money when the carrier has the manifest, and lets each parcel go as it is handed over', async () => {
    const one = await packed(w, [1, 1]);
    const other = await packed(w, [2]);
    await w.settle();
    expect(await w.order(one.order.id)).toMatchObject({ captured_minor: 0n, fulfilment_status: 'ALLOCATED' });
    const manifest = await closed();
    expect(manifest.parcels).toBe(3);
    expect(await manifestRow(manifest.id)).toMatchObject({ status: 'closed', carrier_ref: expect.stringMatching(/^man_/) });
    expect(await w.order(one.order.id)).toMatchObject({ payment_status: 'CAPTURED', fulfilment_status: 'ALLOCATED' });
    const [first, second] = await boxesOf(w, one.shipmentId);
    expect(await handOver(manifest.id, { trackingNumbers: [first?.tracking_number as string] })).toMatchObject({ handedOver: 1 });
    await w.settle();
    expect((await boxesOf(w, one.shipmentId)).map((box) => box.status)).toEqual(['SHIPPED', 'LABELLED']);
    expect(await shipmentRow(w, one.shipmentId)).toMatchObject({ status: 'SHIPPED' });
    expect(await w.order(one.order.id)).toMatchObject({ status: 'PARTIALLY_FULFILLED' });
    await w.expectBooksAgree();
    // Nobody takes the second box: it stays, and goes with the next manifest.
    const rest = (await boxesOf(w, other.shipmentId))[0]?.tracking_number as string;
    const done = await handOver(manifest.id, { trackingNumbers: [rest], finish: true });
    expect(done).toMatchObject({ status: 'handed_over', handedOver: 1 });
    await w.settle();
    expect((await boxesOf(w, one.shipmentId))[1]).toMatchObject({ status: 'LABELLED', manifest_id: null });
    const next = await closed();
    expect(next.parcels).toBe(1);
    await handOver(next.id, { trackingNumbers: [second?.tracking_number as string] });
    await w.settle();
    expect(await w.order(one.order.id)).toMatchObject({ status: 'FULFILLED' });
    expect(await w.captures(one.order.id)).toHaveLength(1);
    await w.expectBooksAgree();
  });

  it('keeps back what is not paid, what is on hold, and what is not on it', async () => {
    const held = await packed(w, [1]);
    const poor = await packed(w, [1]);
    await w.settle();
    await w.flows.holdOrder({ orderId: held.order.id, hold: 'manual', reason: 'Ask first' }, w.ctx());
    await w.psp.switches.set({ drop_before: { on: ['capture'] } });
    const manifest = await close();
    expect(manifest).toMatchObject({ parcels: 1, left: [{ why: expect.stringContaining('on hold') }] });
    await expect(handOver(manifest.id)).rejects.toMatchObject({ code: 'state_refuses' });
    await w.flows.parcels.advanceManifest(manifest.id);
    await w.settle();
    const [box] = await boxesOf(w, poor.shipmentId);
    await expect(handOver(manifest.id, { trackingNumbers: ['WB-NOT-HERE'] })).rejects.toMatchObject({ code: 'not_found' });
    await expect(handOver(manifest.id, { trackingNumbers: [box?.tracking_number as string] })).rejects.toThrow('not paid yet');
    await w.psp.switches.reset();
    await comesToRest(w, 6);
    expect(await handOver(manifest.id)).toMatchObject({ handedOver: 1, status: 'handed_over' });
    await comesToRest(w, 1);
    await w.flows.releaseOrder({ orderId: held.order.id, hold: 'manual', reason: 'Fine' }, w.ctx());
    const next = await closed();
    await handOver(next.id, { finish: true });
    await w.settle();
    expect(await w.order(held.order.id)).toMatchObject({ status: 'FULFILLED' });
    await w.expectBooksAgree();
  });

  it('names each parcel once, though two people close it at the same time', async () => {
    await packed(w, [1, 1]);
    await w.settle();
    const both = await Promise.allSettled([close(), close()]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const made = both.find((one) => one.status === 'fulfilled');
    const id = made?.status === 'fulfilled' ? made.value.id : '';
    await w.flows.parcels.advanceManifest(id);
    await w.settle();
    await handOver(id, { finish: true });
    await w.settle();
    await w.expectBooksAgree();
  });

  it('gives its parcels back where the carrier refuses it', async () => {
    await packed(w, [1]);
    await w.settle();
    await w.carrier.switches.set({ decline: { on: 'manifest', next: 1 } });
    const refused = await closed();
    expect(await manifestRow(refused.id)).toMatchObject({ status: 'refused', error: expect.stringContaining('Nobody calls') });
    const again = await closed();
    expect(again.parcels).toBe(1);
    await handOver(again.id);
    await w.settle();
    await w.expectBooksAgree();
  });

  it.each(['drop_reply', 'drop_before', 'error_5xx_after', 'error_5xx', 'rate_limit'])(
    'is one at the carrier in spite of %s',
    async (fault) => {
      const { order } = await packed(w, [1, 1]);
      await w.settle();
      await w.carrier.switches.set({ [fault]: { on: 'manifest', next: 1 } });
      const before = w.carrier.state.manifests.size;
      const { id } = await close();
      await w.flows.parcels.advanceManifest(id);
      for (let i = 0; i < 4; i++) {
        w.advanceClock(31_000);
        await w.flows.parcels.advanceManifest(id);
      }
      expect(await manifestRow(id)).toMatchObject({ status: 'closed' });
      expect(w.carrier.state.manifests.size).toBe(before + 1);
      await w.settle();
      await handOver(id);
      await w.settle();
      expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED' });
    },
  );

  it('ends the same wherever the worker that closes it dies', async () => {
    const deaths: Death[] = (['commit', 'call'] as const).flatMap((of) =>
      (of === 'commit' ? [1, 2] : [1]).flatMap((nth) => (['before', 'after'] as const).map((when) => ({ of, nth, when }))),
    );
    for (const death of deaths) {
      const died = `died ${death.when} ${death.of} ${death.nth}`;
      const { order } = await packed(w, [1, 1]);
      await w.settle();
      const before = w.carrier.state.manifests.size;
      const { id } = await close();
      const dying = createMortal({ pool: w.db.pool, outside: w.outside, clock: w.clock }, death);
      void dying.flows.parcels.advanceManifest(id);
      await dying.died;
      for (let i = 0; i < 3; i++) {
        w.advanceClock(LEASE_MS);
        expect(await w.flows.parcels.sweepManifests(), died).toBeLessThanOrEqual(1);
        await w.flows.parcels.advanceManifest(id);
      }
      expect(await manifestRow(id), died).toMatchObject({ status: 'closed' });
      expect(w.carrier.state.manifests.size, died).toBe(before + 1);
      await w.settle();
      await handOver(id, { finish: true });
      await w.settle();
      expect(await w.order(order.id), died).toMatchObject({ status: 'FULFILLED' });
    }
    await w.expectBooksAgree();
  });
});
