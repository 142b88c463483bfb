import { existsSync } from 'node:fs';
import type { ApiMounts } from '../api-process.ts';
import { DomainError } from '../kernel/errors.ts';
import { appRouter } from './root.ts';
import type { PublicHandler } from './server.ts';

/** What the public port serves under /api: the console's procedures, and the REST API where it is part of this build. */
export async function mounts(): Promise<ApiMounts> {
  return { router: appRouter, handlePublic: await restHandler() };
}

async function restHandler(): Promise<PublicHandler> {
  const url = new URL('./public/handler.ts', import.meta.url);
  if (existsSync(url)) return ((await import(url.href)) as { readonly handlePublic: PublicHandler }).handlePublic;
  return () => {
    throw new DomainError('not_found');
  };
}
