import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createFlows, type Flows } from '../flows.ts';
import { createMortal, type Death, dieEverywhere } from '../testing/mortal.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { boxesOf, calledFor, carrierLog, type Packed, packed, shipmentRow } from '../testing/parcel-hands.ts';

/**
 * Whoever replaces labels, unpacks, closes a manifest or hands it over dies at every boundary: before and after each COMMIT and each call
 * of the carrier. Whoever asked asks again under the same key, another worker goes on, and everything ends as if nobody had died.
 */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 100_000 });
  await calledFor(w);
});
afterAll(() => w.close());

/** Longer than a call's lease and its first back-offs. */
const LEASE_MS = 13_000;
const staff = () => w.ctx('warehouse');
const mortals = () => ({ pool: w.db.pool, outside: w.outside, clock: w.clock });

/** What is due now, as workers find it: sagas, and manifests that are being closed. */
async function goOn(flows: Flows): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    const { rows } = await w.db.pool.query<{ id: string; saga: boolean }>(
      `SELECT id, true AS saga FROM sagas WHERE status NOT IN ('done', 'stuck') AND wake_at <= $1
       UNION ALL SELECT id, false FROM manifests WHERE status = 'closing' AND next_at <= $1 ORDER BY 1`,
      [w.clock()],
    );
    if (rows.length === 0) return;
    for (const { id, saga } of rows) await (saga ? flows.advanceSaga(id) : flows.parcels.advanceManifest(id));
  }
}

async function comesToRest(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    w.advanceClock(LEASE_MS);
    await goOn(w.flows);
  }
}

/** A day's parcels leave: what waits is put on a manifest, and handed over. */
async function leaves(flows: Flows, { keys }: { readonly keys: readonly string[] }, rest = () => goOn(flows)): Promise<string> {
  const { id } = await flows.parcels.closeManifest({ nodeId: w.nodes[0] as string, carrier: 'parcel' }, staff(), keys[0]);
  await rest();
  await flows.parcels.handOverManifest({ manifestId: id, finish: true }, staff(), keys[1]);
  await rest();
  return id;
}
const byOthers = (about: { readonly keys: readonly string[] }) => leaves(w.flows, about, comesToRest);

interface Begun extends Packed {
  readonly keys: readonly string[];
}
const begun = (parcel: Packed): Begun => ({ ...parcel, keys: Array.from({ length: 4 }, newId) });

async function labelled(boxes: readonly number[]): Promise<Begun> {
  const parcel = await packed(w, boxes);
  await w.settle();
  return begun(parcel);
}

/** Its money is taken, and it waits for whoever calls for it. */
async function paid(boxes: readonly number[]): Promise<Begun> {
  const parcel = await labelled(boxes);
  const { id } = await w.flows.parcels.closeManifest({ nodeId: w.nodes[0] as string, carrier: 'parcel' }, staff());
  await w.flows.parcels.advanceManifest(id);
  await w.settle();
  expect(await w.order(parcel.order.id)).toMatchObject({ payment_status: 'CAPTURED' });
  return parcel;
}

async function left(parcel: Packed, died: string): Promise<void> {
  expect(await w.order(parcel.order.id), died).toMatchObject({ status: 'FULFILLED', holds: [], receivable_minor: 0n });
  expect(await w.captures(parcel.order.id), died).toHaveLength(1);
  const { rows } = await w.db.pool.query(`SELECT kind FROM sagas WHERE order_id = $1 AND status <> 'done'`, [parcel.order.id]);
  expect(rows, died).toEqual([]);
}

const relabel = (flows: Flows, { shipmentId, keys }: Begun, boxId?: string) =>
  flows.parcels.voidLabel({ shipmentId, boxId, mode: 'relabel', reason: 'Unreadable' }, staff(), keys[2]);

describe('a label that is replaced', () => {
  it('is void and bought anew once, before any money was taken', async () => {
    const boxOf = new Map<string, string>();
    const replace = async (flows: Flows, about: Begun): Promise<void> => {
      boxOf.set(about.shipmentId, boxOf.get(about.shipmentId) ?? ((await boxesOf(w, about.shipmentId))[0]?.id as string));
      await relabel(flows, about, boxOf.get(about.shipmentId));
    };
    const died = await dieEverywhere(mortals(), {
      begin: () => labelled([1, 2]),
      work: async (flows, about) => {
        await replace(flows, about);
        await goOn(flows);
      },
      end: async (about, how) => {
        await replace(w.flows, about);
        await comesToRest();
        expect(await carrierLog(w, about.shipmentId), how).toEqual({ label: 3, voided: 1 });
        expect(
          (await boxesOf(w, about.shipmentId)).map((box) => box.status),
          how,
        ).toEqual(['LABELLED', 'LABELLED']);
        await byOthers(about);
        await left(about, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(7);
    await w.expectBooksAgree();
  });

  it('is void and bought anew once, after the money was taken, which is not taken again', async () => {
    const died = await dieEverywhere(mortals(), {
      begin: () => paid([2]),
      work: async (flows, about) => {
        await relabel(flows, about);
        await goOn(flows);
      },
      end: async (about, how) => {
        await relabel(w.flows, about);
        await comesToRest();
        expect(await carrierLog(w, about.shipmentId), how).toEqual({ label: 2, voided: 1 });
        await byOthers(about);
        await left(about, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(7);
    await w.expectBooksAgree();
  });

  it('of a shipment that is unpacked is void once, and its units wait at their node for other boxes', async () => {
    const unpack = (flows: Flows, { shipmentId, keys }: Begun) =>
      flows.parcels.voidLabel({ shipmentId, mode: 'unpack', reason: 'Wrong boxes' }, staff(), keys[2]);
    const died = await dieEverywhere(mortals(), {
      begin: () => labelled([1, 1]),
      work: async (flows, about) => {
        await unpack(flows, about);
        await goOn(flows);
      },
      end: async (about, how) => {
        await unpack(w.flows, about);
        await comesToRest();
        expect(await shipmentRow(w, about.shipmentId), how).toMatchObject({ status: 'CANCELLED' });
        expect(await carrierLog(w, about.shipmentId), how).toEqual({ label: 2, voided: 2 });
        expect(await w.order(about.order.id), how).toMatchObject({
          fulfilment_status: 'ALLOCATED',
          captured_minor: 0n,
          holds: [],
        });
        await w.flows.shipOrder({ orderId: about.order.id }, staff());
        await w.settle();
        await byOthers(about);
        await left(about, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(6);
    await w.expectBooksAgree();
  });
});

describe('a node whose parcels need no manifest any more', () => {
  it('lets go what waited for one, wherever whoever says so dies', async () => {
    const change = (flows: Flows, { keys }: Begun) =>
      flows.parcels.setHandOver({ nodeId: w.nodes[0] as string, handOver: 'at_once' }, staff(), keys[2]);
    const died = await dieEverywhere(mortals(), {
      begin: async () => {
        await calledFor(w);
        return labelled([1]);
      },
      work: change,
      end: async (about, how) => {
        await change(w.flows, about);
        await comesToRest();
        await left(about, how);
      },
    });
    expect(died).toBeGreaterThanOrEqual(2);
    await calledFor(w);
  });
});

/** How often the carrier has each of a shipment's parcels on a manifest. */
async function timesListed(shipmentId: string): Promise<number[]> {
  const lists = [...w.carrier.state.manifests.values()].flatMap((manifest) => manifest.parcels);
  return (await boxesOf(w, shipmentId)).map(({ carrier_ref: ref }) => lists.filter((listed) => listed === ref).length);
}

describe('a day that is closed with a manifest', () => {
  it('leaves once, paid once, wherever whoever closes it, takes the money or hands it over dies', async () => {
    const died = await dieEverywhere(mortals(), {
      begin: () => labelled([1, 1]),
      work: leaves,
      end: async (about, how) => {
        w.advanceClock(LEASE_MS);
        await byOthers(about);
        await left(about, how);
        expect(await timesListed(about.shipmentId), how).toEqual([1, 1]);
      },
    });
    // The verbs, the manifest, the money and the hand-over.
    expect(died).toBeGreaterThanOrEqual(9);
    await w.expectBooksAgree();
  });

  it('by two people at once has each parcel on one manifest, whichever of them dies', async () => {
    const deaths: Death[] = [
      { of: 'commit', nth: 1, when: 'before' },
      { of: 'commit', nth: 1, when: 'after' },
      { of: 'commit', nth: 2, when: 'after' },
      { of: 'call', nth: 1, when: 'after' },
    ];
    for (const death of [null, ...deaths]) {
      const how = death ? `died ${death.when} ${death.of} ${death.nth}` : 'nobody died';
      const parcels = [await labelled([1, 1]), await labelled([2]), await labelled([1])] as const;
      const some = (await boxesOf(w, parcels[0].shipmentId)).slice(0, 1).map((box) => box.id);
      const wish = { nodeId: w.nodes[0] as string, carrier: 'parcel' };
      const close = async (flows: Flows, key: string, only?: string[]): Promise<void> => {
        const made = await flows.parcels
          .closeManifest({ ...wish, ...(only ? { parcels: only } : {}) }, staff(), key)
          .catch(() => null);
        if (made) await flows.parcels.advanceManifest(made.id);
      };
      const mortal = createMortal(mortals(), death);
      const other = createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: w.clock });
      const key = newId();
      const dying = close(mortal.flows, key).then(() => 'lived');
      await Promise.all([close(other, newId(), some), death ? Promise.race([mortal.died, dying]) : dying]);
      await other.idle();
      w.advanceClock(LEASE_MS);
      await close(w.flows, key);
      await comesToRest();
      const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM manifests WHERE status = 'closed'`);
      for (const { id } of rows) await w.flows.parcels.handOverManifest({ manifestId: id, finish: true }, staff());
      await comesToRest();
      for (const parcel of parcels) {
        await left(parcel, how);
        expect(new Set(await timesListed(parcel.shipmentId)), how).toEqual(new Set([1]));
      }
    }
    await w.expectBooksAgree();
  });
});
