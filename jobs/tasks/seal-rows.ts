import type { App } from '../../server/app.ts';
import { sealRows } from '../../server/flows/seal-rows.ts';
import type { TaskHandler } from '../../server/platform/worker.ts';

/** Seals what was written since the last seal. The chain's end goes to the log, which is kept elsewhere: a witness of what it was. */
export function sealRowsTask({ pool, env }: Pick<App, 'pool' | 'env'>): TaskHandler<'seal-rows'> {
  return async (_payload, { log, signal }) => {
    const { stopped, head, ...done } = await sealRows(pool, { home: env.WAYBILL_REGION, now: () => new Date(), signal });
    if (stopped === 'behind')
      log.error(
        'nothing is sealed: the server counts transactions from further back than the last seal (docs/operators/integrity.md)',
      );
    else if (head) log.info({ ...done, seal: head.number.toString(), hash: head.hash }, 'rows sealed');
  };
}
