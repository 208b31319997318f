import tseslint from 'typescript-eslint';
import { ownLength } from './spec/lint/own-length.js';

const TIME = 'time comes from the injected Clock (src/kernel/clock.ts)';
const ENVIRONMENT = 'the environment is read in src/app/config.ts and src/cli/cli-environment.ts alone';

const environmentIsReadInOnePlace = [{ object: 'process', property: 'env', message: ENVIRONMENT }];

const timeIsInjected = [
  { object: 'Date', property: 'now', message: TIME },
  { object: 'performance', property: 'now', message: TIME },
  { object: 'process', property: 'hrtime', message: TIME },
  { object: 'process', property: 'uptime', message: TIME },
  { object: 'AbortSignal', property: 'timeout', message: TIME },
];

const timeIsInjectedSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: TIME },
  { selector: 'CallExpression[callee.name="Date"]', message: TIME },
  {
    // Handing `Math.random` in as a source is what this asks for.
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    message: 'randomness is injected, or comes from node:crypto',
  },
];

const noEnum = { selector: 'TSEnumDeclaration', message: 'a union of literals says the same and erases' };

const timers = ['setTimeout', 'setInterval'].map((name) => ({ name, message: TIME }));
/** setImmediate stays: it gives up a turn and tells no time. */
const timerModules = ['node:timers', 'node:timers/promises', 'timers', 'timers/promises'].map((name) => ({
  name,
  allowImportNames: ['setImmediate', 'clearImmediate'],
  message: TIME,
}));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.build/',
      'coverage/',
      'data/',
      'src/generated/',
      // AssemblyScript, which has its own compiler and other types than TypeScript
      'src/**/assembly/',
      'spec/arch/fixtures/',
      'bench/results/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },

  // Every file, JavaScript too: what goes wrong at run time.
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-constant-binary-expression': 'error',
      'no-constructor-return': 'error',
      'no-control-regex': 'error',
      'no-eval': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unreachable-loop': 'error',
      'no-useless-assignment': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'require-atomic-updates': 'off', // reports every assignment after an await to a parameter's member
    },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { switchyard: { rules: { 'own-length': ownLength } } },
    languageOptions: {
      parserOptions: { project: ['./tsconfig.spec.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      complexity: ['error', 12],
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'switchyard/own-length': ['error', { max: 50 }],
      'max-params': ['error', 5],
      'no-restricted-syntax': ['error', noEnum],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Classes that tsoa reads have decorators; a namespace in disguise is still reported.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // `done ? resolve() : reject()` and `return stop();` read well where nothing is returned.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Numbers and booleans read well in messages; objects, null and undefined stay errors.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // What the compiler knows of a flag outlives an await, so a flag that another turn sets is reported as constant.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // noUncheckedIndexedAccess makes bytes[i] possibly undefined; `!` where the index was just checked.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // The ports name a row's or a job's type at the call: schema<S>(), run<I, O>().
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // A port may promise where one adapter has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // `async () => void (await call())` makes a promise of nothing.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Same overloads are kept apart where their documentation differs.
      '@typescript-eslint/unified-signatures': 'off',
    },
  },

  // Product code: time and environment are handed in.
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...environmentIsReadInOnePlace, ...timeIsInjected],
      'no-restricted-syntax': ['error', noEnum, ...timeIsInjectedSyntax],
      'no-restricted-globals': ['error', ...timers],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...timerModules,
            { name: 'process', message: ENVIRONMENT },
            { name: 'node:process', importNames: ['env'], message: ENVIRONMENT },
          ],
        },
      ],
    },
  },
  // The clock itself; the threads and the command line, which no spec moves through time.
  {
    files: ['src/kernel/clock.ts', 'src/workers/**/*.ts', 'src/**/*.worker.ts', 'src/cli/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...environmentIsReadInOnePlace],
      'no-restricted-syntax': ['error', noEnum],
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['src/app/config.ts'],
    rules: { 'no-restricted-properties': ['error', ...timeIsInjected] },
  },
  {
    files: ['src/cli/cli-environment.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  // A method's parameters are the parameters of the request; wiring is one list of parts, a migration one list of statements.
  { files: ['src/modules/*/*.controller.ts'], rules: { 'max-params': 'off' } },
  {
    files: ['src/app/**/*.ts', 'src/modules/*/index.ts'],
    rules: { 'switchyard/own-length': ['error', { max: 70 }] },
  },
  { files: ['src/**/*.migrations.ts'], rules: { 'switchyard/own-length': 'off' } },
  // Where output for people is the purpose.
  {
    files: ['src/main.ts', 'src/cli/**/*.ts', 'bench/**/*.ts', 'spec/**/*.ts', 'spec/**/*.js', 'tools/**'],
    rules: { 'no-console': 'off' },
  },

  // A describe block is one function, and chai's assertions are property reads.
  {
    files: ['spec/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'switchyard/own-length': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },

  // Run before anything is compiled, or by a browser: no types to check with.
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
