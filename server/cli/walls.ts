import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** One import across a wall. */
export interface Breach {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface WallsReport {
  readonly modules: number;
  readonly breaches: readonly Breach[];
}

interface WallsConfig {
  readonly forbidden: readonly IForbiddenRuleType[];
  readonly options: ICruiseOptions;
}

/** The folders whose imports are looked at. */
const HOUSE = ['app', 'components', 'server', 'jobs', 'prisma', 'bench'];

/** The rules of .dependency-cruiser.cjs. */
export function wallRules(root: string): WallsConfig {
  return createRequire(join(root, 'package.json'))('./.dependency-cruiser.cjs') as WallsConfig;
}

/**
 * Checks the walls of a tree laid out like this one. Seeing no module at all is an error of the check, never a success: that is
 * what dependency-cruiser answers where it does not understand the TypeScript it finds.
 */
export async function checkWalls(tree: string, config: WallsConfig): Promise<WallsReport> {
  const folders = HOUSE.filter((name) => existsSync(join(tree, name)));
  const { output } = await cruise(
    folders,
    { ...config.options, baseDir: tree, ruleSet: { forbidden: [...config.forbidden] }, validate: true },
    undefined,
    { tsConfig: extractTSConfig(join(tree, 'tsconfig.json')) },
  );
  const { modules, summary } = output as ICruiseResult;
  if (modules.length === 0) throw new Error(`The walls were not checked: no module was seen in ${tree}.`);
  return {
    modules: modules.length,
    breaches: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}
