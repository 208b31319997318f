'use strict';

/**
 * Who may import whom. A module's edges are its controllers, consumers, clients of other systems and repositories (with what belongs to a
 * repository: queries, schema, migrations), and its index, which wires them; every other file is domain or use case.
 */
const EDGE = '\\.(controller|consumer|repository|queries|schema|statements|migrations|client)\\.ts$';
/** Parts that stand alone beside the rest of their module: batches of devices, what is known of each, alerts, the bot. */
const STANDING_ALONE = ['equipment/batches', 'equipment/inventory', 'notifications/telegram', 'rates/alerts'];
const INDEX = `^src/modules/(?:[^/]+|${STANDING_ALONE.join('|')})/index\\.ts$`;
const CORE = ['core'];
const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** Data structures and parsers that reach nothing outside of themselves. */
const PURE_PACKAGES = '(^|/)node_modules/(lru-cache|csv-parse)/';

/** Addresses that the HTTP server fills from packages; a spec asks for each. */
const PAGE_LIBRARIES = '^\\./vendor/';

/** Modules whose index.ts other modules may import, and by whom. Everything else goes by events or functions. */
const ALLOWED = [{ from: ['reports', 'equipment', 'notifications'], to: 'tasks' }];
const allowedFrom = ALLOWED.map(({ from }) => from).flat();

const forbid = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

/** Everything in src but what `allowed` matches; packages and Node's own modules have rules of their own. */
const srcExcept = (...allowed) => ({ path: '^src/', pathNot: allowed });

module.exports = {
  forbidden: [
    forbid(
      'kernel-imports-nothing',
      'The kernel is pure.',
      { path: '^src/kernel/' },
      srcExcept('^src/kernel/'),
    ),
    forbid(
      'kernel-without-packages',
      'The kernel has no dependencies; ids need random bytes, and that is all.',
      { path: '^src/kernel/' },
      { dependencyTypes: [...NPM, ...CORE], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      'platform-imports-kernel',
      'Platform knows no word of the business.',
      { path: '^src/platform/' },
      srcExcept('^src/kernel/', '^src/platform/'),
    ),
    forbid(
      'domain-without-platform',
      'Domain and use cases see kernel and domain; what they need of the platform is handed to them.',
      { path: '^src/modules/', pathNot: [EDGE, INDEX] },
      { path: '^src/platform/' },
    ),
    forbid(
      'domain-without-packages',
      'Libraries stay at the edges, but for pure data structures.',
      { path: '^src/modules/', pathNot: [EDGE, INDEX] },
      { dependencyTypes: NPM, pathNot: PURE_PACKAGES },
    ),
    forbid(
      'domain-without-edges',
      'Domain does not know how it is reached.',
      { path: '^src/modules/([^/]+)/', pathNot: [EDGE, INDEX] },
      {
        path: ['^src/modules/$1/.*\\.(controller|consumer|migrations)\\.ts$', '^src/modules/$1/index\\.ts$'],
      },
    ),
    forbid(
      'domain-knows-repository-types-only',
      "A use case takes its repository as an argument: it imports the repository's types.",
      { path: '^src/modules/([^/]+)/', pathNot: [EDGE, INDEX] },
      {
        path: '^src/modules/$1/.*\\.(repository|queries|schema|statements)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid(
      'edges-import-own-module',
      'A controller, consumer or repository sees its own module, kernel and platform.',
      { path: `^src/modules/([^/]+)/.*${EDGE}` },
      { path: '^src/modules/', pathNot: '^src/modules/$1/' },
    ),
    forbid(
      'modules-meet-at-index',
      'index.ts is the only file of a module that others import.',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', INDEX] },
    ),
    forbid(
      'modules-not-allow-listed',
      'Modules hear of each other by events, or are handed a function.',
      { path: '^src/modules/([^/]+)/', pathNot: `^src/modules/(${allowedFrom.join('|')})/` },
      { path: '^src/modules/', pathNot: '^src/modules/$1/' },
    ),
    ...ALLOWED.map(({ from, to }) =>
      forbid(
        `modules-allow-list-${to}`,
        `${from.join(', ')} may import ${to}, and no other module.`,
        { path: `^src/modules/(${from.join('|')})/` },
        { path: '^src/modules/', pathNot: ['^src/modules/$1/', `^src/modules/${to}/`] },
      ),
    ),
    forbid(
      'modules-know-no-surroundings',
      'A module does not know who runs it.',
      { path: '^src/modules/' },
      { path: '^src/(app|cli|workers|generated|main\\.ts)' },
    ),
    forbid(
      'workers-import-pure-files',
      'Threads load kernel and pure domain files: nothing that needs the process around it.',
      { path: '^src/workers/' },
      { path: ['^src/(platform|app|cli|generated|main\\.ts)', EDGE, INDEX] },
    ),
    forbid(
      'outer-parts-meet-modules-at-index',
      'app and cli use what a module makes public.',
      { path: '^src/(app|cli|main\\.ts)' },
      { path: '^src/modules/', pathNot: INDEX },
    ),
    forbid(
      'generated-imports-controllers',
      'The generated routes call controllers.',
      { path: '^src/generated/' },
      srcExcept('^src/generated/', '\\.controller\\.ts$', INDEX, '^src/(platform|kernel)/'),
    ),
    forbid(
      'generated-is-loaded-by-app',
      'The routes are registered in one place.',
      { path: '^src/', pathNot: '^src/(app|generated)/' },
      { path: '^src/generated/' },
    ),
    forbid(
      'threads-are-not-imported',
      'A thread is started from its file; importing it would run it here.',
      { path: '^src/', pathNot: '^src/workers/' },
      { path: '^src/workers/' },
    ),
    forbid(
      'cli-is-last',
      'Nothing builds on the command line.',
      { path: '^src/', pathNot: '^src/cli/' },
      { path: '^src/cli/' },
    ),
    forbid('main-is-first', 'Nothing imports the entry point.', {}, { path: '^src/main\\.ts$' }),
    forbid(
      'main-imports-app',
      'Signals and exit codes, nothing else.',
      { path: '^src/main\\.ts$' },
      srcExcept('^src/(app|kernel)/'),
    ),
    forbid(
      'src-without-tests',
      'The product does not know its specs.',
      { path: '^src/' },
      { path: '^(spec|bench)/' },
    ),
    forbid(
      'page-stands-apart',
      'The page is served as it is and shares no code.',
      { path: '^public/' },
      { pathNot: ['^public/', PAGE_LIBRARIES] },
    ),
    forbid(
      'nothing-imports-the-page',
      'The page is read as a file; its client of the live channel is for others too.',
      { pathNot: '^public/' },
      { path: '^public/', pathNot: '^public/live-client\\.(js|d\\.ts)$' },
    ),
    forbid('no-cycles', 'A cycle has no first file to read.', {}, { circular: true }),
    forbid(
      'no-orphans',
      'A file that nothing imports and that imports nothing is left over.',
      { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$'] },
      {},
    ),
    forbid(
      'no-unresolved',
      'What is imported must be there.',
      {},
      { couldNotResolve: true, pathNot: PAGE_LIBRARIES },
    ),
    forbid(
      'src-without-dev-packages',
      'What runs in production is among the dependencies.',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript is compiled apart: what it gives is loaded as a file.
    exclude: { path: '^(spec/arch/fixtures|dist|\\.build|coverage)/|^src/.*/assembly/' },
    // Type imports couple too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
