import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Two years, as the preload lists ask for. */
const HSTS = 'max-age=63072000; includeSubDomains';

export interface HeaderPolicy {
  /** WAYBILL_ORIGIN: https there means that browsers may insist on it. */
  readonly origin: string;
  readonly production: boolean;
  /** Next's development server needs eval and a WebSocket. */
  readonly webDevelopment: boolean;
  /** Where a payment challenge may be shown from. */
  readonly frameOrigins: readonly string[];
}

/** Headers for every answer. API answers are not pages, so that nothing at all may be loaded by them. */
export function setSecurityHeaders(res: ServerResponse, policy: HeaderPolicy): void {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'strict-origin-when-cross-origin');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  res.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  if (policy.production && policy.origin.startsWith('https:')) res.setHeader('Strict-Transport-Security', HSTS);
}

export interface PagePolicy {
  readonly csp: string;
  readonly nonce: string;
}

/**
 * The Content-Security-Policy of one page. Scripts need this request's nonce: Next reads it from the policy in the request header
 * and puts it on its own tags, which takes a page rendered per request (the root layout is dynamic). 'strict-dynamic' lets those
 * scripts load their chunks. Styles stay 'unsafe-inline', because Mantine and the charts write style attributes, which no nonce
 * can cover.
 */
export function pagePolicy(policy: HeaderPolicy): PagePolicy {
  const nonce = randomBytes(18).toString('base64');
  const scripts = policy.webDevelopment ? `'self' 'unsafe-inline' 'unsafe-eval'` : `'self' 'nonce-${nonce}' 'strict-dynamic'`;
  const frames = ["'self'", ...policy.frameOrigins].join(' ');
  const csp = [
    "default-src 'self'",
    `script-src ${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${policy.webDevelopment ? ' ws: wss:' : ''}`,
    `frame-src ${frames}`,
    `form-action ${frames}`,
    "object-src 'none'",
    "base-uri 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { csp, nonce };
}
