// The walls of the house (ARCHITECTURE.md). Each rule carries the name it has there; server/cli/walls.test.ts plants a breach of
// every one of them and expects to be told.

const TEST = '\\.(test|spec)\\.tsx?$|/testing/|-fixture\\.ts$';
const DOMAIN_FILE = '^server/domains/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no cycles',
      comment: 'A circle of modules cannot be understood or loaded piece by piece. Types alone may point back.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernel is pure',
      comment: 'The kernel runs in the browser and knows nothing of the house: only itself, zod and uuidv7.',
      severity: 'error',
      from: { path: '^server/kernel/', pathNot: TEST },
      to: { pathNot: '^server/kernel/|(^|/)node_modules/(zod|uuidv7)/' },
    },
    {
      name: 'platform knows no domain',
      severity: 'error',
      from: { path: '^server/platform/', pathNot: TEST },
      to: { path: '^(server/(domains|flows|views|api|simulators|cli)/|jobs/|app/|components/)' },
    },
    {
      name: 'domains are strangers',
      comment: 'Only flows compose domains.',
      severity: 'error',
      from: { path: DOMAIN_FILE, pathNot: TEST },
      to: { path: '^server/domains/', pathNot: '^server/domains/$1/' },
    },
    {
      name: 'domains look down',
      severity: 'error',
      from: { path: '^server/domains/', pathNot: TEST },
      to: { path: '^(server/(flows|views|api|simulators|cli)/|server/main\\.ts|jobs/|app/|components/|prisma/)' },
    },
    {
      name: 'domains are handed their tx',
      comment:
        'A domain opens no transaction, enqueues nothing, caches nothing: from the platform it takes types, row mapping, a way to wait for statements and the way to call out.',
      severity: 'error',
      from: { path: '^server/domains/', pathNot: TEST },
      to: {
        path: '^server/platform/|(^|/)node_modules/(@types/)?(pg|graphile-worker|bentocache)/',
        pathNot: '^server/platform/(rows|binary-arrays|together|seal-format|locks|log|remote-api|standard-webhook)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules and schema are pure',
      comment: 'They run in the browser too: kernel, zod and their own schema.',
      severity: 'error',
      from: { path: '^server/domains/([^/]+)/(rules|schema)\\.ts$' },
      to: { pathNot: '^server/kernel/|(^|/)node_modules/zod/|^server/domains/$1/(rules|schema)\\.ts$' },
    },
    {
      name: 'store is private',
      comment: "The only SQL on a domain's tables; its service is the one that asks for it.",
      severity: 'error',
      from: { pathNot: ['^server/domains/', TEST] },
      to: { path: '^server/domains/[^/]+/(store|box-store)\\.ts$' },
    },
    {
      name: 'flows look down',
      comment: "The one report a flow acts on is the oracle's: what it verified is recorded.",
      severity: 'error',
      from: { path: '^server/flows/', pathNot: TEST },
      to: {
        path: '^(server/(views|api|simulators|cli)/|server/main\\.ts|jobs/|app/|components/)',
        pathNot: '^server/views/integrity(/|\\.ts$)',
      },
    },
    {
      name: 'views only read',
      comment: 'A view takes from domains what is pure, and never what writes.',
      severity: 'error',
      from: { path: '^server/views/', pathNot: TEST },
      to: {
        path: '^(server/(flows|api|simulators|cli)/|jobs/|app/|components/)|^server/domains/[^/]+/(service|(store|box-store)|provider)\\.ts$|^server/platform/(lane|verb|queue|locks|saga)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'api decides nothing',
      comment: 'A mutation goes to a flow, a query to a view; of domains the counter knows inputs and rules.',
      severity: 'error',
      from: { path: '^server/api/', pathNot: TEST },
      to: {
        path: '^server/domains/[^/]+/(?!(schema|rules)\\.ts$)|^server/(cli|simulators)/|^jobs/|^app/|^components/|^server/platform/(lane|locks)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'jobs enter by flows',
      severity: 'error',
      from: { path: '^jobs/', pathNot: TEST },
      to: { path: '^server/(domains|api|simulators|cli)/|^app/|^components/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the ui kit knows nothing',
      comment: 'components/ui knows no domain and no tRPC: kernel words and its own files.',
      severity: 'error',
      from: { path: '^components/ui/', pathNot: TEST },
      to: { path: '^(app/|jobs/|server/(?!kernel/)|components/(?!ui/))|(^|/)node_modules/@trpc/' },
    },
    {
      name: 'the browser sees only kernel, schema, rules and types',
      comment:
        'Whatever else of the server a widget imports would be shipped to the browser. Pages run on the server: see app enters by api.',
      severity: 'error',
      from: { path: '^components/|^app/(error|providers|not-found)\\.tsx$', pathNot: TEST },
      to: {
        path: '^(server|jobs|prisma)/',
        pathNot: '^server/kernel/|^server/domains/[^/]+/(schema|rules)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'app enters by api',
      comment: 'A page asks the API. Only the sign-in route, which Next serves itself, opens the machinery of sessions.',
      severity: 'error',
      from: { path: '^app/', pathNot: TEST },
      to: {
        path: '^(server|jobs|prisma)/',
        pathNot: '^server/(api|kernel)/|^server/domains/[^/]+/(schema|rules)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|\\.waybill|server/platform/prisma)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
