import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** Units on their way from one node to another. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
});
afterAll(() => w.close());

const sku = (code: string): string => w.skus[code] as string;
const node = (at: number): string => w.nodes[at] as string;
const flows = () => w.flows.stockWork;

async function ask(code: string, quantity: number) {
  const ends = { fromNodeId: node(0), toNodeId: node(1) };
  const made = await flows().createTransfer(
    { merchantId: w.merchantId, ...ends, lines: [{ skuId: sku(code), quantity }] },
    w.ctx(),
  );
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM stock_transfer_lines WHERE transfer_id = $1', [made.id]);
  return { ...made, lineId: rows[0]?.id as string };
}
const send = (transferId: string) => flows().sendTransfer({ transferId }, w.ctx('warehouse'));
const receive = (at: { id: string; lineId: string }, received: number, rest: Record<string, unknown> = {}, key?: string) =>
  flows().receiveTransfer({ transferId: at.id, lines: [{ lineId: at.lineId, received }], ...rest }, w.ctx('warehouse'), key);
async function levels(code: string): Promise<{ at: bigint[]; inTransit: bigint; sellable: bigint }> {
  const { rows } = await w.db.pool.query('SELECT node_id, on_hand FROM node_stock WHERE sku_id = $1', [sku(code)]);
  const transit = await w.db.pool.query(
    'SELECT coalesce(sum(in_transit), 0)::bigint AS n FROM stock_transfer_lines WHERE sku_id = $1',
    [sku(code)],
  );
  const supply = await w.db.pool.query('SELECT sellable FROM sku_supply WHERE sku_id = $1', [sku(code)]);
  const at = w.nodes.map((id) => rows.find((row) => row.node_id === id)?.on_hand ?? 0n);
  return { at, inTransit: transit.rows[0].n, sellable: supply.rows[0].sellable };
}

describe('a transfer', () => {
  it('takes its units from where they were, keeps them from sale on the way, and gives them where they arrive', async () => {
    const asked = await ask('TEE', 8);
    expect(await levels('TEE')).toEqual({ at: [20n, 20n], inTransit: 0n, sellable: 40n });
    await send(asked.id);
    expect(await levels('TEE')).toEqual({ at: [12n, 20n], inTransit: 8n, sellable: 32n });
    await w.expectBooksAgree();
    expect(await receive(asked, 5)).toMatchObject({ status: 'partly_received' });
    expect(await levels('TEE')).toEqual({ at: [12n, 25n], inTransit: 3n, sellable: 37n });
    expect(await receive(asked, 3)).toMatchObject({ status: 'received' });
    expect(await levels('TEE')).toEqual({ at: [12n, 28n], inTransit: 0n, sellable: 40n });
    const { rows } = await w.db.pool.query('SELECT kind, on_hand_delta FROM stock_movements WHERE reference = $1 ORDER BY id', [
      asked.id,
    ]);
    expect(rows).toEqual([
      { kind: 'transfer_out', on_hand_delta: -8n },
      { kind: 'transfer_in', on_hand_delta: 5n },
      { kind: 'transfer_in', on_hand_delta: 3n },
    ]);
    await w.expectBooksAgree();
  });

  it('that ends with less or more than was sent says why, and loses nothing silently', async () => {
    const short = await ask('BAG', 6);
    await send(short.id);
    expect((await refusalOf(receive(short, 4, { finish: true }))).detail).toMatch(/say why/);
    expect(await receive(short, 4, { finish: true, reason: 'Box crushed' })).toMatchObject({ status: 'received' });
    expect(await levels('BAG')).toMatchObject({ at: [14n, 24n], inTransit: 0n });
    const over = await ask('BAG', 2);
    await send(over.id);
    expect((await refusalOf(receive(over, 3))).code).toBe('invalid_request');
    await receive(over, 3, { reason: 'One more in the box' });
    expect(await levels('BAG')).toMatchObject({ at: [12n, 27n], inTransit: 0n });
    await w.expectBooksAgree();
  });

  it('leaves allocated and promised units where they are', async () => {
    await w.place({ lines: [{ sku: 'MUG', quantity: 15 }] });
    await w.settle();
    const asked = await ask('MUG', 10);
    const error = await refusalOf(send(asked.id));
    expect(error.code).toBe('out_of_stock');
    expect(error.detail).toMatch(/MUG \(10 asked, 5 may leave\)/);
    await flows().sendTransfer({ transferId: asked.id, lines: [{ lineId: asked.lineId, sent: 5 }] }, w.ctx());
    await w.expectBooksAgree();
  });

  it('may be cancelled until it leaves, and not after', async () => {
    const asked = await ask('TEE', 1);
    await flows().cancelTransfer({ transferId: asked.id, reason: 'Not needed' }, w.ctx());
    expect((await refusalOf(send(asked.id))).code).toBe('state_refuses');
    const gone = await ask('TEE', 1);
    await send(gone.id);
    expect((await refusalOf(flows().cancelTransfer({ transferId: gone.id }, w.ctx()))).detail).toMatch(/Receive it/);
  });

  it('is sent once and received once, whoever presses at the same time', async () => {
    const before = await levels('TEE');
    const asked = await ask('TEE', 4);
    const sent = await Promise.allSettled(Array.from({ length: 6 }, () => send(asked.id)));
    expect(sent.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const key = newId();
    const came = await Promise.all(Array.from({ length: 4 }, () => receive(asked, 4, {}, key)));
    expect(new Set(came.map((answer) => answer.version)).size).toBe(1);
    const after = await levels('TEE');
    expect(after.at).toEqual([(before.at[0] as bigint) - 4n, (before.at[1] as bigint) + 4n]);
    await w.expectBooksAgree();
  });
});
