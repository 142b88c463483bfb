import type pg from 'pg';
import type { FilePreview } from '../../domains/stock-files/rules.ts';
import type { StockFileInput } from '../../domains/stock-files/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { importCount, previewCount, readCountFile } from './import-count.ts';
import { type ImportedFile, importLevels, previewLevels, readLevels } from './import-levels.ts';
import { importPurchases, previewPurchases, readPurchases } from './import-purchases.ts';
import { importReceipt, previewReceipt, readReceipt } from './import-receipt.ts';

/** Files of stock work, whichever kind: a dry run says what each line would do, then it is done as it was shown. */
export interface StockFileFlows {
  preview(input: StockFileInput, ctx: Ctx): Promise<FilePreview>;
  readonly apply: Call<StockFileInput, ImportedFile>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

export function createStockFileFlows({ pool, verb }: Deps): StockFileFlows {
  const levels = verb(importLevels);
  const count = verb(importCount);
  const purchases = verb(importPurchases);
  const receipt = verb(importReceipt);
  return {
    preview: (input, ctx) => {
      switch (input.kind) {
        case 'levels':
          return previewLevels(pool, input, ctx);
        case 'count':
          return previewCount(pool, input, ctx);
        case 'purchase_orders':
          return previewPurchases(pool, input, ctx);
        case 'receipt':
          return previewReceipt(pool, input, ctx);
      }
    },
    apply: async (input, ctx, key) => {
      switch (input.kind) {
        case 'levels':
          return levels(await readLevels(input), ctx, key);
        case 'count':
          return count(await readCountFile(input), ctx, key);
        case 'purchase_orders':
          return purchases(await readPurchases(input), ctx, key);
        case 'receipt':
          return receipt(await readReceipt(input), ctx, key);
      }
    },
  };
}
