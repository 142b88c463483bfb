import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
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

/**
 * The adapter splits a script at every semicolon, those of comments and function bodies included. A script is sent whole
 * instead, which also makes each migration one transaction.
 */
class WholeScripts extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script: string) => {
      await (adapter satisfies SqlDriverAdapter).underlyingDriver().query(script);
    };
    return adapter;
  }
}

/** Runs `work` with an engine connected to `url`. Errors of the engine come out with the database's own message. */
export async function withSchemaEngine<T>(
  url: string,
  datamodels: [string, string][] | undefined,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  load();
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'waybill-migrate' });
  pool.on('error', () => {});
  try {
    const factory = bindMigrationAwareSqlAdapterFactory(new WholeScripts(pool));
    const engine = await engineModule.SchemaEngine.new({ datamodels }, () => {}, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}
