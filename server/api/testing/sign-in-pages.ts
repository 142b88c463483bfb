import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { NextApiRequest, NextApiResponse } from 'next';
import NextAuth from 'next-auth';
import type pg from 'pg';
import { createPeopleFlows } from '../../flows/people/people-flows.ts';
import type { Env } from '../../platform/env.ts';
import { createRateLimiter, type RateLimiter } from '../../platform/rate-limit.ts';
import { authOptions } from '../sign-in.ts';
import type { WebApp } from '../web-app.ts';

/** /api/auth as the web process serves it, without Next: next-auth itself with the options of sign-in.ts. Every other address is an empty page. */
export function signInPages(env: Env, pool: pg.Pool, limits: RateLimiter = createRateLimiter()): RequestListener {
  process.env.NEXTAUTH_URL = env.WAYBILL_ORIGIN;
  const people = createPeopleFlows({ pool, dataKey: env.WAYBILL_DATA_KEY, limits });
  return (req, res) => {
    const { pathname } = new URL(req.url ?? '/', env.WAYBILL_ORIGIN);
    if (!pathname.startsWith('/api/auth/')) {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<!doctype html><title>A page</title>');
      return;
    }
    answer({ env, pool, people }, req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  };
}

async function answer(web: WebApp, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', web.env.WAYBILL_ORIGIN);
  const nextauth = url.pathname.slice('/api/auth/'.length).split('/');
  const request = Object.assign(req, {
    query: { ...Object.fromEntries(url.searchParams), nextauth },
    cookies: cookiesOf(req),
    body: await bodyOf(req),
  });
  const response = Object.assign(res, {
    status: (code: number) => Object.assign(res, { statusCode: code }),
    json: (body: unknown) => res.setHeader('Content-Type', 'application/json').end(JSON.stringify(body)),
    send: (body: unknown) =>
      typeof body === 'object' ? res.setHeader('Content-Type', 'application/json').end(JSON.stringify(body)) : res.end(body),
  });
  await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, authOptions(web));
}

function cookiesOf(req: IncomingMessage): Record<string, string> {
  const pairs = (req.headers.cookie ?? '').split(';').map((part) => part.trim().split('='));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, decodeURIComponent(value.join('='))]));
}

async function bodyOf(req: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (req.headers['content-type']?.startsWith('application/json')) return JSON.parse(text) as Record<string, string>;
  return Object.fromEntries(new URLSearchParams(text));
}
