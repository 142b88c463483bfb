import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { CLAIM_KINDS, CLAIM_STATUSES, MANIFEST_STATUSES } from '../../kernel/vocabulary.ts';
import { listManifests, type ManifestRow, readManifest } from '../../views/manifests.ts';
import { findNode, findShipment } from '../../views/rest-lookups.ts';
import { readShipment } from '../../views/shipments.ts';
import type { Scope } from '../authorise.ts';
import type { ApiContext } from '../context.ts';
import { procedure, router } from '../trpc.ts';
import {
  amount,
  fingerprint,
  id,
  page,
  pageOf,
  pageQuery,
  reference,
  selection,
  time,
  timeOrNull,
  timestamp,
  units,
  words,
} from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Shipments';
const shipment = reference('shipment');
const box = z.int().min(1).max(20).optional().meta({ description: 'The number of the box; every one where absent.' });
const mode = z.enum(['unpack', 'relabel']).meta({
  description:
    'unpack: its units wait at their node again; only before the money is taken. relabel: the same parcel gets a new label.',
});

interface Meant {
  readonly shipmentId: string;
  readonly boxId?: string;
}

/** The shipment, and the id of its box by number. */
export async function findBox(
  ctx: ApiContext & { readonly scope: Scope },
  ref: string,
  number: number | undefined,
): Promise<{ readonly id: string; readonly boxId: string | undefined }> {
  const { shipmentId, boxId } = await parcelOf(ctx, ref, number);
  return { id: shipmentId, boxId };
}

async function parcelOf(ctx: ApiContext & { readonly scope: Scope }, ref: string, number: number | undefined): Promise<Meant> {
  const found = await findShipment(ctx.pool, ctx.scope, ref);
  if (number === undefined) return { shipmentId: found.id };
  const { shipment: view } = await readShipment(ctx.pool, ctx.scope, found.number);
  const boxId = view.boxes.find((one) => one.number === number)?.id;
  if (!boxId) throw new DomainError('not_found', `${found.number} has no box ${number}.`);
  return { shipmentId: found.id, boxId };
}

/** Labels taken back, claims, and parcels that come back. */
export const parcelsRouter = router({
  previewVoid: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/labels/void/preview',
        id: 'previewVoidLabels',
        tag: TAG,
        summary: 'Show which labels would be voided',
        description: 'Changes nothing.',
        example: { mode: 'relabel' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ shipment, mode, box }))
    .output(
      z
        .object({
          fingerprint: z.string(),
          labels: z.array(z.object({ tracking_number: z.string().nullable() })),
          units: z.int().meta({ description: 'How many units wait at their node again.' }),
        })
        .meta({ id: 'VoidPreview' }),
    )
    .mutation(async ({ ctx, input }) => {
      const wanted = { ...(await parcelOf(ctx, input.shipment, input.box)), mode: input.mode, reason: 'Looked at' };
      const plan = await ctx.app.flows.parcels.previewVoid(wanted, ctx.ctx());
      const labels = plan.labels.map((label) => ({ tracking_number: label.trackingNumber }));
      return { fingerprint: plan.fingerprint, labels, units: plan.units };
    }),

  voidLabel: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/labels/void',
        id: 'voidLabels',
        tag: TAG,
        summary: 'Void labels before the hand-over',
        example: { mode: 'relabel', reason: 'The label is torn' },
        refuses: ['state_refuses', 'plan_changed'],
      }),
    )
    .input(z.strictObject({ shipment, mode, box, reason: words(500), fingerprint }))
    .output(z.object({ id, number: z.string(), mode, labels: z.int() }).meta({ id: 'VoidedLabels' }))
    .mutation(async ({ ctx, input }) => {
      const { mode: how, reason, fingerprint: shown } = input;
      const wanted = { ...(await parcelOf(ctx, input.shipment, input.box)), mode: how, reason, fingerprint: shown };
      const done = await perform(ctx, ctx.app.flows.parcels.voidLabel, wanted);
      return { id: done.shipmentId, number: done.number, mode: done.mode, labels: done.labels };
    }),

  fileClaim: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/claims',
        id: 'fileClaim',
        tag: TAG,
        summary: 'Claim a lost or damaged parcel from its carrier',
        description: 'Filed with the carrier in the background; its answer, and what it pays, are on the shipment.',
        status: 201,
        example: { kind: 'lost', amount_minor: 2500 },
        refuses: ['state_refuses', 'amount_out_of_range'],
      }),
    )
    .input(
      z.strictObject({
        shipment,
        box,
        kind: z.enum(CLAIM_KINDS),
        amount_minor: amount.optional().meta({ description: 'What its units are worth, unless said.' }),
        note: words(500).optional(),
      }),
    )
    .output(
      z.object({ id, number: z.string(), status: z.enum(CLAIM_STATUSES), amount_minor: z.int() }).meta({ id: 'FiledClaim' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { kind, note, amount_minor: minor } = input;
      const wanted = { ...(await parcelOf(ctx, input.shipment, input.box)), kind, note };
      const amountMinor = minor === undefined ? {} : { amountMinor: BigInt(minor) };
      const done = await perform(ctx, ctx.app.flows.parcels.fileClaim, { ...wanted, ...amountMinor });
      return { id: done.claimId, number: done.number, status: done.status, amount_minor: done.amountMinor };
    }),

  receiveReturn: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/received-back',
        id: 'receiveBack',
        tag: TAG,
        summary: 'Receive a parcel that came back to its sender',
        description: 'What is sellable is on the shelf again. No money moves: reship or refund its units afterwards.',
        status: 201,
        example: { node: 'MAIN' },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        shipment,
        box,
        node: words(100),
        damaged: units.optional().meta({ description: 'The units that cannot be sold; none where absent.' }),
        note: words(500).optional(),
      }),
    )
    .output(z.object({ id, number: z.string(), sellable: z.int(), damaged: z.int() }).meta({ id: 'ReceivedBack' }))
    .mutation(async ({ ctx, input }) => {
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const meant = await parcelOf(ctx, input.shipment, input.box);
      const wanted = { ...meant, nodeId, damaged: selection(input.damaged) ?? [], note: input.note };
      const done = await perform(ctx, ctx.app.flows.parcels.receiveReturn, wanted);
      return { id: done.shipmentId, number: done.number, sellable: done.sellable, damaged: done.damaged };
    }),

  settle: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/settle',
        id: 'settleException',
        tag: TAG,
        summary: 'Say that nothing more is to be done about a parcel in trouble',
        example: { reason: 'Sent again' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ shipment, box, reason: words(500) }))
    .output(z.object({ id, number: z.string() }).meta({ id: 'SettledException' }))
    .mutation(async ({ ctx, input }) => {
      const wanted = { ...(await parcelOf(ctx, input.shipment, input.box)), reason: input.reason };
      const done = await perform(ctx, ctx.app.flows.parcels.settleParcel, wanted);
      return { id: done.shipmentId, number: done.number };
    }),
});

const left = z.array(z.object({ tracking_number: z.string(), why: z.string() }));
const manifestResource = z
  .object({
    id,
    number: z.string(),
    status: z.enum(MANIFEST_STATUSES),
    node: z.string(),
    carrier: z.string(),
    parcels: z.int(),
    handed_over: z.int(),
    left_behind: z.int(),
    created_at: timestamp,
    closed_at: timestamp.nullable(),
    handed_over_at: timestamp.nullable(),
  })
  .meta({ id: 'Manifest' });
const manifestOf = (row: ManifestRow): z.infer<typeof manifestResource> => ({
  id: row.id,
  number: row.number,
  status: row.status,
  node: row.nodeCode,
  carrier: row.carrier,
  parcels: row.parcels,
  handed_over: row.handedOver,
  left_behind: row.leftBehind,
  created_at: time(row.createdAt),
  closed_at: timeOrNull(row.closedAt),
  handed_over_at: timeOrNull(row.handedOverAt),
});
const number = words(60);

/** The day's parcels of one carrier at one node. */
export const manifestsRouter = router({
  list: procedure
    .meta(
      operation({ method: 'GET', path: '/manifests', id: 'listManifests', tag: TAG, summary: 'List manifests, newest first' }),
    )
    .input(z.strictObject({ ...pageQuery }))
    .output(pageOf(manifestResource))
    .query(async ({ ctx, input }) =>
      page(await listManifests(ctx.pool, ctx.scope, { after: input.cursor, limit: input.limit }), manifestOf),
    ),

  get: procedure
    .meta(operation({ method: 'GET', path: '/manifests/{manifest}', id: 'getManifest', tag: TAG, summary: 'Get a manifest' }))
    .input(z.strictObject({ manifest: number }))
    .output(
      z
        .object({
          manifest: manifestResource,
          parcels: z.array(
            z.object({
              tracking_number: z.string(),
              status: z.enum(['listed', 'handed_over', 'left_behind']),
              shipment_number: z.string(),
              box: z.int().nullable(),
            }),
          ),
        })
        .meta({ id: 'ManifestWithParcels' }),
    )
    .query(async ({ ctx, input }) => {
      const found = await readManifest(ctx.pool, ctx.scope, input.manifest);
      const parcels = found.parcels.map((parcel) => ({
        tracking_number: parcel.trackingNumber,
        status: parcel.status,
        shipment_number: parcel.shipmentNumber,
        box: parcel.boxNumber,
      }));
      return { manifest: manifestOf(found.manifest), parcels };
    }),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/manifests',
        id: 'closeManifest',
        tag: TAG,
        summary: 'Close the day at a node',
        description: 'Its labelled parcels that are on no manifest become one. Their money is taken when the carrier has it.',
        status: 201,
        example: { node: 'MAIN' },
        refuses: ['state_refuses', 'not_found'],
      }),
    )
    .input(z.strictObject({ node: words(100), carrier: words(50).optional() }))
    .output(
      z
        .object({ id, number: z.string(), status: z.enum(MANIFEST_STATUSES), parcels: z.int(), left })
        .meta({ id: 'ClosedManifest' }),
    )
    .mutation(async ({ ctx, input }) => {
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const done = await perform(ctx, ctx.app.flows.parcels.closeManifest, { nodeId, carrier: input.carrier ?? 'parcel' });
      const { id: made, number: called, status, parcels } = done;
      return { id: made, number: called, status, parcels, left: done.left.map(leftOff) };
    }),

  handOver: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/manifests/{manifest}/hand-over',
        id: 'handOverManifest',
        tag: TAG,
        summary: 'Confirm that parcels were handed over',
        example: { finish: true },
        refuses: ['state_refuses', 'not_found'],
      }),
    )
    .input(
      z.strictObject({
        manifest: number,
        tracking_numbers: z
          .array(words(100))
          .min(1)
          .max(500)
          .optional()
          .meta({ description: 'What was scanned; every parcel where absent.' }),
        finish: z.boolean().optional().meta({ description: 'The rest is left behind, and free for another manifest.' }),
      }),
    )
    .output(z.object({ id, status: z.enum(MANIFEST_STATUSES), handed_over: z.int(), left }).meta({ id: 'HandedOver' }))
    .mutation(async ({ ctx, input }) => {
      const { manifest } = await readManifest(ctx.pool, ctx.scope, input.manifest);
      const scanned = input.tracking_numbers ? { trackingNumbers: input.tracking_numbers } : {};
      const wanted = { manifestId: manifest.id, finish: input.finish ?? false, ...scanned };
      const done = await perform(ctx, ctx.app.flows.parcels.handOverManifest, wanted);
      return { id: done.id, status: done.status, handed_over: done.handedOver, left: done.left.map(leftOff) };
    }),
});

const leftOff = (one: { readonly trackingNumber: string; readonly why: string }) => ({
  tracking_number: one.trackingNumber,
  why: one.why,
});
