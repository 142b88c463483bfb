import type { Deed, GridWorld, PlacedForGrid, Row, Tenant } from './grid-world.ts';

const by = (w: GridWorld, tenant: Tenant): Deed['caller'] => ({ key: w.rest[tenant].key });
const more = (quantity: number) => [{ change: 'add', sku: 'MUG-RED', quantity }];

/** An order with an edit that can be undone still. */
async function waiting(w: GridWorld, tenant: Tenant): Promise<PlacedForGrid & { readonly editId: string }> {
  const order = await w.allocated(tenant);
  const input = { orderId: order.id, changes: [{ change: 'add' as const, sku: 'MUG-RED', quantity: 1 }], undoable: true };
  const { editId } = await w.rest.api.app.flows.edits.edit(input, w.ctx());
  return { ...order, editId };
}

/** Orders that are edited. */
export const EDIT_ROWS: Readonly<Record<string, Row>> = {
  'v1.orderEdits.create': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.allocated(tenant)).id}/edits`,
    input: { changes: more(1) },
    other: { changes: more(2) },
  }),
  'v1.orderEdits.withdraw': async (w, tenant) => {
    const { id, editId } = await waiting(w, tenant);
    return { caller: by(w, tenant), path: `/orders/${id}/edits/${editId}/withdraw`, input: {}, other: null };
  },
  'edits.edit': async (w, tenant) => {
    const { id: orderId } = await w.allocated(tenant);
    const caller = await w.callerOf(tenant, 'edits.edit');
    return { caller, input: { orderId, changes: more(1) }, other: { orderId, changes: more(2) } };
  },
  'edits.withdraw': async (w, tenant) => {
    const { id: orderId, editId } = await waiting(w, tenant);
    const caller = await w.callerOf(tenant, 'edits.withdraw');
    return { caller, input: { orderId, editId }, other: { orderId } };
  },
};

export const EDIT_PREVIEWS: Readonly<Record<string, Row>> = {
  'v1.orderEdits.preview': async (w, tenant) => ({
    caller: by(w, tenant),
    path: `/orders/${(await w.allocated(tenant)).id}/edits/preview`,
    input: { changes: more(1) },
    other: null,
  }),
  'edits.preview': async (w, tenant) => ({
    caller: await w.callerOf(tenant, 'edits.preview'),
    input: { orderId: (await w.allocated(tenant)).id, changes: more(1) },
    other: null,
  }),
};
