import { z } from 'zod';
import { addPhotoInput, PHOTO_TYPES, RETURN_RESOLUTIONS, RETURN_WISHES } from '../../domains/returns/schema.ts';
import { findReturn } from '../../views/rest-lookups.ts';
import { readReturn, readReturnPhoto } from '../../views/returns.ts';
import { procedure } from '../trpc.ts';
import { currency, id, ranges, time, timestamp, unitRanges, words } from './fields.ts';
import { operation, perform } from './operation.ts';
import { changed, changedOf, exchange, one, TAG } from './return-fields.ts';

const settlement = z
  .object({
    fingerprint: z.string(),
    resolution: z.enum(RETURN_RESOLUTIONS),
    currency,
    due_minor: z.int(),
    exchanged_minor: z.int(),
    charged_minor: z.int().meta({ description: 'What a replacement that went ahead costs more than what came back.' }),
    fee_minor: z.int(),
    label_fee_minor: z.int(),
    refund_minor: z.int(),
    units: unitRanges,
    missing: z.int().meta({ description: 'Announced units that never came: the customer keeps them.' }),
    needs_approval: z.boolean(),
  })
  .meta({ id: 'ReturnSettlement' });

/** What else is done with returns: ended, closed, worked out before it is settled, pictured. */
export const returnActs = {
  cancel: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/cancel',
        id: 'cancelReturn',
        tag: TAG,
        summary: 'Cancel a return of which nothing came',
        description: 'Its units can be refunded, or sent back another time. Its label is taken back.',
        example: { reason: 'They keep it' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ return: one, reason: words(500).optional() }))
    .output(changed.meta({ id: 'CancelledReturn' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      return changedOf(await perform(ctx, ctx.app.flows.returns.cancel, { returnId, reason: input.reason }));
    }),

  close: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/close',
        id: 'closeReturn',
        tag: TAG,
        summary: 'Close a settled return',
        description: 'Nobody looks at it any more. By itself it is closed after 14 days.',
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ return: one }))
    .output(changed.meta({ id: 'ClosedReturn' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      return changedOf(await perform(ctx, ctx.app.flows.returns.close, { returnId }));
    }),

  previewSettle: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/settle/preview',
        id: 'previewReturnSettlement',
        tag: TAG,
        summary: 'Show what settling a return would give back',
        description: 'Changes nothing. Its fingerprint has the settlement refused where it would not be this one any more.',
        example: { resolution: 'refund' },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(z.strictObject({ return: one, resolution: z.enum(RETURN_WISHES).optional(), exchange: exchange.optional() }))
    .output(settlement)
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const goods = input.exchange?.map(({ line_id: lineId, ...line }) => ({ lineId, ...line }));
      const wish = { returnId, resolution: input.resolution, exchange: goods };
      const plan = await ctx.app.flows.returns.previewSettle(wish, ctx.ctx());
      return {
        fingerprint: plan.fingerprint,
        resolution: plan.resolution,
        currency: plan.currency,
        due_minor: plan.dueMinor,
        exchanged_minor: plan.exchangedMinor,
        charged_minor: plan.chargeMinor,
        fee_minor: plan.feeMinor,
        label_fee_minor: plan.labelFeeMinor,
        refund_minor: plan.refundMinor,
        units: ranges(plan.units),
        missing: plan.missing,
        needs_approval: plan.needsApproval,
      };
    }),

  addPhoto: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/photos',
        id: 'addReturnPhoto',
        tag: TAG,
        summary: 'Add a photo to a return',
        description: 'A JPEG, PNG or WebP of 512 KB at most, as base64; six for each return.',
        status: 201,
        example: { content_type: 'image/jpeg', data: '/9j/4AABAgM=' },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(z.strictObject({ return: one, content_type: addPhotoInput.shape.contentType, data: addPhotoInput.shape.data }))
    .output(z.object({ return_id: id, photos: z.int() }).meta({ id: 'AddedReturnPhoto' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const photo = { returnId, contentType: input.content_type, data: input.data };
      const done = await perform(ctx, ctx.app.flows.returns.addPhoto, photo);
      return { return_id: done.returnId, photos: done.photos };
    }),

  photos: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/returns/{return}/photos',
        id: 'listReturnPhotos',
        tag: TAG,
        summary: 'List a return’s photos',
      }),
    )
    .input(z.strictObject({ return: one }))
    .output(z.object({ data: z.array(z.object({ id, added_at: timestamp })) }).meta({ id: 'ReturnPhotos' }))
    .query(async ({ ctx, input }) => {
      const { photos } = await readReturn(ctx.pool, ctx.scope, input.return);
      return { data: photos.map(({ id: photoId, addedAt }) => ({ id: photoId, added_at: time(addedAt) })) };
    }),

  photo: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/return-photos/{photo}',
        id: 'getReturnPhoto',
        tag: TAG,
        summary: 'Get a photo of a return',
      }),
    )
    .input(z.strictObject({ photo: id }))
    .output(
      z
        .object({ content_type: z.enum(PHOTO_TYPES), data: z.string().meta({ description: 'Base64.' }) })
        .meta({ id: 'ReturnPhoto' }),
    )
    .query(async ({ ctx, input }) => {
      const { contentType, data } = await readReturnPhoto(ctx.pool, ctx.scope, input.photo);
      return { content_type: contentType, data };
    }),
};
