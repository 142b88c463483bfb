import { z } from 'zod';
import { NOTICE_KINDS, NOTICE_STATUSES } from '../domains/notifications/rules.ts';
import { resendInput } from '../domains/notifications/schema.ts';
import { messageInput } from '../flows/message-customer.ts';
import { DomainError } from '../kernel/errors.ts';
import { caughtMails } from '../views/caught-mails.ts';
import { listMails, readMail } from '../views/mails.ts';
import type { ApiContext } from './context.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const listInput = pageInput.extend({
  status: z.array(z.enum(NOTICE_STATUSES)).max(NOTICE_STATUSES.length).optional(),
  kind: z.array(z.enum(NOTICE_KINDS)).max(NOTICE_KINDS.length).optional(),
  orderId: z.uuid().optional(),
});

/** Sign-in mails are an administrator's to see, and even they see no link. */
const accounts = ({ principal }: ApiContext): boolean => principal.role === 'admin';

/** Mail to customers: what was sent, what was not, and what people write. */
export const mailsRouter = router({
  list: procedure
    .input(listInput)
    .query(({ ctx, input }) => listMails(ctx.pool, ctx.scope, { ...input, accounts: accounts(ctx) })),

  get: procedure
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx, input }) => readMail(ctx.pool, ctx.scope, accounts(ctx), input.id)),

  /** Whether mail leaves the house at all. */
  state: procedure.query(({ ctx }) => ({ on: ctx.app.settings.mail, caught: ctx.app.simulators !== undefined })),

  /** What the demo's mail server received of a mail. */
  caught: procedure.input(z.object({ id: z.uuid() })).query(async ({ ctx, input }) => {
    const { simulators } = ctx.app;
    if (!simulators) throw new DomainError('not_found', 'Only a demo catches its mails.');
    const { mail } = await readMail(ctx.pool, ctx.scope, accounts(ctx), input.id);
    return mail.messageId === null ? [] : caughtMails(simulators.control, mail.messageId);
  }),

  resend: procedure.input(keyed(resendInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'mail', input.noticeId);
    return submit(ctx, input, ctx.app.flows.resendNotice);
  }),

  /** Messages that are written already, in the customer's language. */
  canned: procedure.input(z.object({ orderId: z.uuid() })).query(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.cannedMessages(input.orderId);
  }),

  /** The mail that a message would be. A mutation because its text may be longer than an address can be; it writes nothing. */
  previewMessage: procedure.input(messageInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.previewMessage(input, ctx.ctx());
  }),

  message: procedure.input(keyed(messageInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.messageCustomer);
  }),
});
