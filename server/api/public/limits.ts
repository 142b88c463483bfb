import type { Limit } from '../../platform/rate-limit.ts';
import { PAGE_SIZE, PAGE_SIZE_MAX } from '../../views/pages.ts';

/** The limits that callers are told of. */
export const MAX_BODY_BYTES = 1024 * 1024;
export const MAX_PAGE = PAGE_SIZE_MAX;
export const PAGE_DEFAULT = PAGE_SIZE;

/** Far above what a shop sends, far below what one process answers: it stops a loop that went wild. */
export const REQUESTS_BY_KEY: Limit = { name: 'rest-by-key', burst: 30_000, periodMs: 10_000 };
/** Keys that are not valid, by address: guessing is hopeless anyway, this keeps it from costing us queries. */
export const BAD_KEYS_BY_IP: Limit = { name: 'rest-bad-key-by-ip', burst: 100, periodMs: 60_000 };
