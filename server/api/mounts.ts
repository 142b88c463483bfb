import { existsSync } from 'node:fs';
import type { ApiMounts } from '../api-process.ts';
import { DomainError } from '../kernel/errors.ts';
import { router } from './trpc.ts';

export async function mounts(): Promise<ApiMounts> {
  const load = async (path: string): Promise<Record<string, unknown>> => {
    const url = new URL(path, import.meta.url);
    return existsSync(url) ? ((await import(url.href)) as Record<string, unknown>) : {};
  };
  const root = await load('./root.ts');
  const rest = await load('./public/handler.ts');
  return {
    router: (root.appRouter ?? router({})) as ApiMounts['router'],
    handlePublic: (rest.handlePublic ??
      (() => {
        throw new DomainError('not_found');
      })) as ApiMounts['handlePublic'],
  };
}
