import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHASE_PRODUCTION_SERVER } from 'next/constants.js';

const root = fileURLToPath(new URL('.', import.meta.url));

// Two servers on one checkout (a test beside a running `npm start`) must not share a build folder.
const distDir = process.env.WAYBILL_NEXT_DIR ?? '.next';

/**
 * Next writes the paths of each build folder into the tsconfig.json it is given, in a format of its own. It is given one that only
 * extends ours, so that a build changes no file of the repository.
 */
function ownTsconfig() {
  const path = join('node_modules', '.cache', 'next-tsconfig', distDir.replace(/[^\w.-]/g, '_'), 'tsconfig.json');
  const file = join(root, path);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    // Turbopack does not resolve an absolute path here.
    writeFileSync(file, JSON.stringify({ extends: relative(dirname(file), join(root, 'tsconfig.json')) }, null, 2));
  }
  return path;
}

/** @type {import('next').NextConfig} */
const config = {
  distDir,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  // Pictures are served as they are; /_next/image answers 404.
  images: { unoptimized: true },
  turbopack: { root },
  // `npm run check` runs the type checker over everything once; a build does not repeat it.
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'] },
};

/** A server of the finished build only reads; the others may write. */
export default function nextConfig(phase) {
  if (phase === PHASE_PRODUCTION_SERVER) return config;
  return { ...config, typescript: { ...config.typescript, tsconfigPath: ownTsconfig() } };
}
