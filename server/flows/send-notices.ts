import type pg from 'pg';
import type { MailTransport, OutgoingMail } from '../domains/notifications/provider.ts';
import { isAddress, isAutomatic, isSecret, type NoticeReason, settle } from '../domains/notifications/rules.ts';
import * as notifications from '../domains/notifications/service.ts';
import { withTx } from '../platform/db.ts';
import { forgetLocks } from '../platform/locks.ts';
import { addJobs } from '../platform/queue.ts';
import type { MailLinks } from './mail/content.ts';
import { readContent } from './mail/facts.ts';
import { type WrittenMail, writeMail } from './mail/write-mail.ts';

/**
 * Notices leave as mail, each at most once. One is taken with compare-and-set (queued → sending) and written in the same transaction, sent
 * outside of any, and settled by the number of its attempt. What was certainly not accepted is tried again; what may have been is in
 * doubt, and so is what was being sent by somebody who is gone: only a person sends those again.
 */
export interface MailDesk {
  /** Null where no mail server is named: notices are recorded as not sent. */
  readonly transport: MailTransport | null;
  readonly links: MailLinks;
}

export interface NoticeSender {
  /** Sends what is due until nothing is, or for half a minute. Returns how many were tried. */
  send(signal?: AbortSignal): Promise<number>;
  /** Doubts what was being sent by somebody who is gone, and has due notices sent. Returns how many are in doubt now. */
  sweep(): Promise<number>;
}

/** Connections to the mail server from one job: mail is not worth every slot of a worker. */
const SENDERS = 4;
/** Longer than any attempt lasts, writing included. */
export const LEASE_MS = 240_000;
/** A job gives its slot back after this; the next takes what is left. */
const SHIFT_MS = 30_000;
/** The answer of a mail server is worth waiting for a database that restarts. */
const SETTLE_TRIES = 5;
const SETTLE_PAUSE_MS = 1_000;

interface Claimed {
  readonly id: string;
  readonly attempt: number;
  readonly mail: OutgoingMail;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly desk: MailDesk;
  readonly clock: () => Date;
}

export function createNoticeSender(deps: Deps): NoticeSender {
  const { pool, desk, clock } = deps;
  return {
    async send(signal) {
      const { transport } = desk;
      if (transport === null) return suppressAll(pool);
      const until = Date.now() + SHIFT_MS;
      let tried = 0;
      const work = async (): Promise<void> => {
        while (!signal?.aborted && Date.now() < until) {
          const claimed = await claimNext(deps, transport);
          if (claimed === 'none') return;
          if (claimed === 'given up') continue;
          tried++;
          await carryOut(deps, transport, claimed, signal);
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, work));
      return tried;
    },
    async sweep() {
      const doubtful = await withTx(pool, (tx) => {
        forgetLocks(tx);
        return notifications.doubtOverdue(tx, clock());
      });
      if (await notifications.hasDue(pool, clock())) await addJobs(pool, [SEND_JOB]);
      return doubtful;
    },
  };
}

/** Has waiting notices sent: one job, however many ask for it. */
export const SEND_JOB = { task: 'send-notices', payload: {}, jobKey: 'send-notices' } as const;

async function suppressAll(pool: pg.Pool): Promise<number> {
  for (;;) {
    const suppressed = await withTx(pool, (tx) => {
      forgetLocks(tx);
      return notifications.suppressQueued(tx);
    });
    if (suppressed === 0) return 0;
  }
}

/** Takes the notice that has waited longest and writes it, in one transaction. */
function claimNext({ pool, desk, clock }: Deps, transport: MailTransport): Promise<Claimed | 'none' | 'given up'> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const now = clock();
    const notice = await notifications.lockDue(tx, now);
    if (!notice) return 'none';
    const giveUp = async (status: 'failed' | 'suppressed', reason: NoticeReason) => {
      await notifications.markUnsent(tx, notice.id, status, reason);
      return 'given up' as const;
    };
    const { recipient } = notice;
    if (!isAddress(recipient)) return giveUp('failed', 'bad_address');
    if (isSecret(notice.kind) && new Date(String(notice.data.expiresAt)) <= now) return giveUp('failed', 'expired');
    // Read and written under a savepoint: a statement that fails must not take the lock with it.
    await tx.query('SAVEPOINT writing');
    let written: (WrittenMail & { readonly messageId: string }) | null;
    try {
      const content = await readContent(tx, notice, desk.links);
      if (content === null) return giveUp('suppressed', 'no_need');
      const messageId = notice.messageId ?? `${notice.id}@${transport.domain}`;
      const fresh = { ...writeMail(content, notice.locale), messageId };
      // A second attempt says word for word what the first did.
      written =
        notice.html !== null && notice.body !== null
          ? { ...fresh, subject: notice.subject ?? fresh.subject, html: notice.html, text: notice.body }
          : fresh;
    } catch {
      await tx.query('ROLLBACK TO SAVEPOINT writing');
      return giveUp('failed', 'not_writable');
    }
    const kept = isSecret(notice.kind) ? { html: null, body: null } : { html: written.html, body: written.text };
    const lease = { now, until: new Date(now.getTime() + LEASE_MS) };
    await notifications.markSending(tx, notice, { messageId: written.messageId, subject: written.subject, ...kept }, lease);
    const { messageId, sender, subject, html, text } = written;
    const mail: OutgoingMail = {
      messageId,
      fromName: sender,
      to: recipient,
      subject,
      html,
      text,
      date: notice.createdAt,
      automatic: isAutomatic(notice.kind),
    };
    return { id: notice.id, attempt: notice.attempts + 1, mail };
  });
}

/** Sends a taken notice and records how that ended. Whoever dies in here leaves a lease that runs out. */
async function carryOut({ pool, clock }: Deps, transport: MailTransport, claimed: Claimed, signal?: AbortSignal): Promise<void> {
  const { kind: outcome, answer } = await transport.send(claimed.mail, signal);
  const attempt = { id: claimed.id, number: claimed.attempt, outcome, answer };
  for (let tries = 1; ; tries++) {
    try {
      const now = clock();
      await withTx(pool, (tx) => notifications.settleAttempt(tx, attempt, settle(outcome, claimed.attempt, now), now));
      return;
    } catch (error) {
      if (tries === SETTLE_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE_MS));
    }
  }
}
