import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineModule from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

/** Prisma's official schema engine, in its WASM build: migrations and introspection without a downloaded binary. */
export type SchemaEngine = engineModule.SchemaEngine;

let loaded = false;

function load(): void {
  if (loaded) return;
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const compiled = new WebAssembly.Module(readFileSync(join(folder, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(compiled, {
    './schema_engine_bg.js': engineModule as unknown as Record<string, WebAssembly.ImportValue>,
  });
  engineModule.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  loaded = true;
}

const INTERNAL_CHAR = 18;
const TEXT = 25;

/** Result rows whose columns at these places are of the catalogs' internal type "char". */
const charColumns = new WeakMap<object, number[]>();

/** A pool that notes those columns and calls them text, for the adapter refuses the type. */
function catalogPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'waybill-migrate' });
  pool.on('error', () => {});
  const query = pool.query.bind(pool) as (config: string | pg.QueryConfig) => Promise<pg.QueryResult>;
  return Object.assign(pool, {
    query: async (config: string | pg.QueryConfig) => {
      const result = await query(config);
      if (!result.fields) return result; // a script of several statements
      charColumns.set(
        result.rows,
        result.fields.flatMap((field, index) => (field.dataTypeID === INTERNAL_CHAR ? [index] : [])),
      );
      for (const field of result.fields) if (field.dataTypeID === INTERNAL_CHAR) field.dataTypeID = TEXT;
      return result;
    },
  });
}

/** How a script of the engine is carried out. */
type RunScript = (pool: pg.Pool, script: string) => Promise<unknown>;

/**
 * The adapter with two things put right for the engine. It splits a script at every semicolon, those of comments and function
 * bodies included: here a script is sent whole, which also makes each migration one transaction. And the engine wants the
 * catalogs' "char" columns as characters.
 */
class CatalogAdapter extends PrismaPg {
  private readonly pool: pg.Pool;
  private readonly runScript: RunScript;

  constructor(pool: pg.Pool, runScript: RunScript) {
    super(pool);
    this.pool = pool;
    this.runScript = runScript;
  }

  override async connect() {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    };
    adapter.executeScript = async (script: string) => {
      await this.runScript(this.pool, script);
    };
    return adapter;
  }
}

/** The engine reports a panic through this global, which the Prisma CLI would have set. */
interface PanicRegistry {
  PRISMA_WASM_PANIC_REGISTRY?: { set_message(message: string): void };
}

/** Runs `work` with an engine connected to `url`. Errors of the engine come out with the database's own message. */
export async function withSchemaEngine<T>(
  url: string,
  datamodels: [string, string][] | undefined,
  work: (engine: SchemaEngine) => Promise<T>,
  runScript: RunScript = (pool, script) => pool.query(script),
): Promise<T> {
  load();
  let panic: string | undefined;
  (globalThis as PanicRegistry).PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      panic = message;
    },
  };
  const pool = catalogPool(url);
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(new CatalogAdapter(pool, runScript));
    const engine = await engineModule.SchemaEngine.new({ datamodels }, () => {}, factory);
    try {
      return await work(engine);
    } catch (error) {
      throw panic ? new Error(`Prisma's schema engine failed: ${panic}`, { cause: error }) : error;
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}
