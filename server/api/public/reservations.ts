import { z } from 'zod';
import { RESERVATION_STATUSES } from '../../domains/reservations/rules.ts';
import { MAX_RESERVATION_LINES, RESERVATION_SECONDS } from '../../domains/reservations/schema.ts';
import { type ReservationView, readReservation } from '../../views/reservations.ts';
import type { ApiContext } from '../context.ts';
import { procedure, router } from '../trpc.ts';
import { id, time, timestamp, uppers, words } from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';
import { shortages } from './order-resources.ts';
import { channelNamed, salesChannel } from './sales-channel.ts';

const TAG = 'Reservations';
const status = z.enum(uppers(RESERVATION_STATUSES));

const reservation = z
  .object({
    id,
    status,
    channel: z.string(),
    reference: z.string().nullable(),
    order_id: id.nullable().meta({ description: 'The order that used it.' }),
    lines: z.array(z.object({ sku: z.string(), quantity: z.int() })).meta({ description: 'One per SKU.' }),
    created_at: timestamp,
    expires_at: timestamp.meta({ description: 'From then on it can be used by nobody.' }),
    version: z.int(),
  })
  .meta({ id: 'Reservation' });

const ttl = z
  .int()
  .min(RESERVATION_SECONDS.least)
  .max(RESERVATION_SECONDS.most)
  .optional()
  .meta({ description: 'How long it lasts from now; ten minutes unless said.', example: 600 });

function reservationOf(view: ReservationView): z.infer<typeof reservation> {
  return {
    id: view.id,
    status: status.parse(view.status.toUpperCase()),
    channel: view.channel,
    reference: view.reference,
    order_id: view.orderId,
    lines: view.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    created_at: time(view.createdAt),
    expires_at: time(view.expiresAt),
    version: Number(view.version),
  };
}

const changed = z.object({ id, status, expires_at: timestamp, version: z.int() }).meta({ id: 'ChangedReservation' });
const changedOf = (done: { id: string; status: string; expiresAt: string; version: number }): z.infer<typeof changed> => ({
  id: done.id,
  status: status.parse(done.status.toUpperCase()),
  expires_at: done.expiresAt,
  version: done.version,
});

type Caller = ApiContext & { readonly scope: Parameters<typeof readReservation>[1] };
const read = (ctx: Caller, reservationId: string) => readReservation(ctx.pool, ctx.scope, reservationId, ctx.ctx().now);

const REFUSES = ['not_found', 'state_refuses'] as const;

/** Units promised to a cart for a while. */
export const reservationsRouter = router({
  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/reservations',
        id: 'createReservation',
        tag: TAG,
        summary: 'Reserve a cart’s units for a while',
        description:
          'Promises the units to the cart until it expires. Place the order with its `reservation_id`: the order takes the units over, and what it needs beyond them is promised anew. When its time is over the units are for sale again, within seconds.',
        status: 201,
        example: { lines: [{ sku: 'MUG-RED', quantity: 2 }], ttl_seconds: 600, reference: 'cart-7781' },
        refuses: ['unknown_sku', 'out_of_stock'],
      }),
    )
    .input(
      z.strictObject({
        lines: z
          .array(z.strictObject({ sku: words(100), quantity: z.int().min(1).max(1_000_000) }))
          .min(1)
          .max(MAX_RESERVATION_LINES),
        channel: salesChannel,
        ttl_seconds: ttl,
        reference: words(100).optional().meta({ description: 'Your own name for the cart.' }),
        accept: z.enum(['all', 'available']).optional().meta({
          description:
            'Where there is not enough: `all` (the default) refuses; `available` reserves what there is and says what is missing.',
        }),
      }),
    )
    .output(
      z
        .object({
          id,
          status,
          expires_at: timestamp,
          lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
          shortages,
        })
        .meta({ id: 'ReservedUnits' }),
    )
    .mutation(async ({ ctx, input }) => {
      const made = await perform(ctx, ctx.app.flows.reservations.reserve, {
        merchantId: ctx.scope.merchantId ?? '',
        channel: await channelNamed(ctx, input.channel),
        lines: input.lines,
        ttlSeconds: input.ttl_seconds,
        reference: input.reference,
        accept: input.accept,
      });
      exchangeOf(ctx).location = `/api/v1/reservations/${made.id}`;
      return {
        id: made.id,
        status: status.parse(made.status.toUpperCase()),
        expires_at: made.expiresAt,
        lines: [...made.lines],
        shortages: [...made.shortages],
      };
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/reservations/{reservation}',
        id: 'getReservation',
        tag: TAG,
        summary: 'Get a reservation',
      }),
    )
    .input(z.strictObject({ reservation: id }))
    .output(reservation)
    .query(async ({ ctx, input }) => reservationOf(await read(ctx, input.reservation))),

  extend: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/reservations/{reservation}/extend',
        id: 'extendReservation',
        tag: TAG,
        summary: 'Have a reservation last longer',
        description: 'Counted from now, and a day after it was made at most.',
        example: { ttl_seconds: 600 },
        refuses: [...REFUSES, 'limit_exceeded'],
      }),
    )
    .input(z.strictObject({ reservation: id, ttl_seconds: ttl }))
    .output(changed)
    .mutation(async ({ ctx, input }) => {
      await read(ctx, input.reservation);
      const wish = { reservationId: input.reservation, ttlSeconds: input.ttl_seconds };
      return changedOf(await perform(ctx, ctx.app.flows.reservations.extend, wish));
    }),

  release: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/reservations/{reservation}/release',
        id: 'releaseReservation',
        tag: TAG,
        summary: 'Give a reservation’s units back',
        description: 'Repeating it changes nothing. One that an order has used is not given back: cancel the order.',
        refuses: REFUSES,
      }),
    )
    .input(z.strictObject({ reservation: id }))
    .output(changed)
    .mutation(async ({ ctx, input }) => {
      await read(ctx, input.reservation);
      return changedOf(await perform(ctx, ctx.app.flows.reservations.release, { reservationId: input.reservation }));
    }),
});
