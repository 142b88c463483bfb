import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

/** @type {import('next').NextConfig} */
const config = {
  // Two servers on one checkout (a test beside a running `npm start`) must not share a build folder.
  distDir: process.env.WAYBILL_NEXT_DIR ?? '.next',
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

export default config;
