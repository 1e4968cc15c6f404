// Which folder may know which: the direction of DESIGN in rules that fail the build.
const pure = '^src/(kernel|log|policy|concepts|checks|grammar)/';
const test = '\\.test\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: [test, '^src/(index|version)\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'kernel-knows-nobody',
      severity: 'error',
      from: { path: '^src/kernel/', pathNot: test },
      to: { path: '^src/', pathNot: '^src/kernel/' },
    },
    {
      name: 'log-and-policy-know-the-kernel',
      severity: 'error',
      from: { path: '^src/(log|policy)/', pathNot: test },
      to: { path: '^src/', pathNot: '^src/(kernel|$1)/' },
    },
    {
      name: 'concepts-know-kernel-and-nouns',
      severity: 'error',
      from: { path: '^src/concepts/([^/]+)/', pathNot: test },
      to: {
        path: '^src/',
        pathNot: ['^src/kernel/', '^src/concepts/$1/', '^src/concepts/([^/]+)/\\1\\.ts$'],
      },
    },
    {
      name: 'checks-know-kernel-policy-and-nouns',
      severity: 'error',
      from: { path: '^src/checks/', pathNot: test },
      to: {
        path: '^src/',
        pathNot: ['^src/(?:kernel|policy|checks)/', '^src/concepts/([^/]+)/\\1\\.ts$'],
      },
    },
    {
      name: 'registry-only-at-the-surfaces',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/surfaces/', test] },
      to: { path: '^src/registry\\.ts$' },
    },
    {
      name: 'grammar-knows-kernel-and-definitions',
      severity: 'error',
      from: { path: '^src/grammar/', pathNot: test },
      to: { path: '^src/', pathNot: '^src/(kernel|grammar)/' },
    },
    {
      name: 'engine-knows-no-outside',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: test },
      to: { path: '^src/(grammar|adapters|surfaces)/' },
    },
    {
      name: 'adapters-know-ports',
      severity: 'error',
      from: { path: '^src/adapters/', pathNot: test },
      to: {
        path: '^src/',
        pathNot: [
          '^src/(kernel|log|policy|adapters)/',
          '^src/checks/(?:pull-request|syntax-tree)\\.ts$',
          '^src/engine/clock\\.ts$',
        ],
      },
    },
    {
      name: 'surfaces-are-islands',
      severity: 'error',
      from: { path: '^src/surfaces/([^/]+)/', pathNot: test },
      to: { path: '^src/surfaces/', pathNot: '^src/surfaces/$1/' },
    },
    {
      name: 'pure-layers-know-no-platform',
      severity: 'error',
      from: { path: pure, pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-layers-know-few-packages',
      severity: 'error',
      from: {
        path: pure,
        pathNot: [test, '^src/checks/(typescript|coverage-xml)\\.ts$', '^src/policy/'],
      },
      to: {
        dependencyTypes: ['npm'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/zod/',
      },
    },
    {
      name: 'only-one-file-knows-ts-morph',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/checks/typescript\\.ts$' },
      to: { path: 'ts-morph', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-one-file-knows-tree-sitter',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/system/tree-sitter\\.ts$' },
      to: { path: 'tree-sitter-wasm', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'source-knows-no-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: ['^test/', test] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node'],
    },
  },
};
