'use client';
import type { NoticeKind, NoticeReason, NoticeStatus } from '../../server/domains/notifications/rules.ts';
import { useMessages } from '../ui/locale.tsx';

/** Whether a mail will move by itself: pages that show one look again soon. */
export const moves = (status: NoticeStatus): boolean => status === 'queued' || status === 'sending';

/** How often a page of mails looks again: mails are not events, and the list is one small query. */
export const WATCH_MS = 5_000;
export const WATCH_CLOSELY_MS = 1_500;

/** A kind and a reason in the reader's words. */
export function useMailWords() {
  const { t } = useMessages();
  return {
    kind: (kind: NoticeKind) => t(`mails.kinds.${kind}`),
    reason: (reason: NoticeReason) => t(`mails.reasons.${reason}`),
  };
}
