// The App's verdict on a pull request is the one `coord check` gives in a clone: conclusion, every section, every annotation.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { annotationsOf } from '../../src/adapters/github/check-run.ts';
import { verdictMarkdown } from '../../src/grammar/verdict.ts';
import type { GateVerdict } from '../../src/kernel/check.ts';
import { newestRun, openPull, scenePolicy, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';
import { writers } from '../coverage-report.ts';
import { code, long } from '../complex-code.ts';
import type { FileInputs } from '../fakes/github/change/file-input.ts';
import { runShell } from '../shell.ts';

let scene: Scene;

const strict = `checks:
  complexity: { max: 8, mode: ratchet }
  coverage: { mode: report, lines: 90, patch: 90, minLines: 1, report: [coverage/*] }
tiers:
  implementer: { files: 3, lines: 150, delete: [] }
`;

beforeAll(async () => {
  scene = await startScene({
    policy: scenePolicy + strict,
    files: {
      'src/network/a.ts': 'export const a = 1;\n',
      'src/network/old.ts': `${code('old', 12)}${code('fine', 3)}`,
      'src/network/moved.ts': Array.from(
        { length: 30 },
        (_, i) => `export const m${i} = ${i};\n`,
      ).join(''),
      'src/core/b.ts': Array.from({ length: 30 }, (_, i) => `export const b${i} = ${i};\n`).join(
        '',
      ),
    },
  });
  await scene.coord('agent', 'join', 'opus', '--as', 'opus', '--tier', 'implementer');
  await scene.coord('lock', 'src/network/held/**', '--ttl', '2h', '--as', 'opus');
}, 120_000);

afterAll(async () => {
  expect(scene.fake.violations).toEqual([]);
  await scene.stop();
});

const thirty = (name: string): string =>
  Array.from({ length: 30 }, (_, i) => `export const ${name}${i} = ${i};\n`).join('');

/** A tracefile, with so many kilobytes of comment. */
function tracefile(path: string, hits: readonly number[], kilobytes = 0): string {
  const lines = hits.map((count, index): [number, number] => [index + 1, count]);
  return `# ${'-'.repeat(1000)}\n`.repeat(kilobytes) + writers.lcov1({ [path]: { lines } });
}

const shapes: readonly (readonly [string, FileInputs])[] = [
  ['inside', { 'src/network/b.ts': 'export const b = 2;\n' }],
  [
    'outside',
    { 'src/core/c.ts': 'export const c = 2;\n', '.github/workflows/x.yml': 'on: push\n' },
  ],
  ['new and complex', { 'src/network/c.ts': code('fresh', 12) + long('tall', 80) }],
  ['old and complex', { 'src/network/old.ts': `${code('old', 12)}${code('fine', 4)}` }],
  ['old and worse', { 'src/network/old.ts': `${code('old', 14)}${code('fine', 3)}` }],
  ['renamed inside', { 'src/network/moved.ts': null, 'src/network/new name.ts': thirty('m') }],
  ['renamed from outside', { 'src/core/b.ts': null, 'src/network/b.ts': thirty('b') }],
  [
    'renamed and changed',
    { 'src/network/moved.ts': null, 'src/network/n.ts': `${thirty('m')}export {};\n` },
  ],
  ['deleted', { 'src/network/a.ts': null }],
  ['emptied', { 'src/network/moved.ts': '' }],
  ['a link', { 'src/network/a.ts': { content: '../core/b.ts', mode: '120000' } }],
  ['a submodule', { 'src/network/sub': { submodule: '1'.repeat(40) } }],
  ['made executable', { 'src/network/a.ts': { content: 'export const a = 1;\n', mode: '100755' } }],
  ['locked', { 'src/network/held/x.ts': 'export {};\n' }],
  ['binary', { 'src/network/x.bin': new Uint8Array([0, 1, 2, 255]) }],
  ['unparsable', { 'src/network/bad.ts': 'export function (\n' }],
  ['evading', { 'src/network/e.ts': `// eslint-disable-next-line complexity\n${code('e', 9)}` }],
  [
    'large',
    {
      'src/network/large.ts': thirty('x').repeat(6),
      'src/network/1.ts': '',
      'src/network/2.ts': '',
      'src/network/3.ts': '',
    },
  ],
  [
    'twins',
    {
      'src/network/A.ts': 'export {};\n',
      'src/network/\u00e9.ts': 'export {};\n',
      'src/network/e\u0301.ts': 'export {};\n',
    },
  ],
  [
    'covered in part',
    {
      'src/network/a.ts': 'export const a = 1;\nexport const b = 2;\n',
      'coverage/lcov.info': tracefile('/srv/ci/demo/src/network/a.ts', [4, 0]),
      'coverage/more.json': '{',
    },
  ],
  ['covered by a large report', { 'coverage/lcov.info': tracefile('src/network/a.ts', [4], 1500) }],
  ['nothing of code', { 'src/network/readme.md': '# @team <b>bold</b> `x`\n' }],
];

/** What the clone says of a commit; without `--as` it has to find out by itself whose it is. */
async function localVerdict(head: string, base: string, ...words: string[]): Promise<GateVerdict> {
  const all = ['check', '--base', base, '--head', head, ...words, '--json'];
  const { out } = await runShell(['-C', scene.clone, ...all]);
  return (JSON.parse(out) as { result: GateVerdict }).result;
}

/** Fetches the head of a pull request by its number alone, so that the name of its branch is not to be seen. */
async function fetched(number: number): Promise<string> {
  await scene.git('fetch', '-q', 'origin', `refs/pull/${number}/head`);
  return scene.demo.pull(number).pull.headSha;
}

function expectSame(number: number, verdict: GateVerdict, knownBy: string): void {
  const run = newestRun(scene, number);
  const local = verdictMarkdown(verdict);
  expect(run.conclusion).toBe(verdict.conclusion);
  expect(run.output.title).toBe(local.title);
  // GitHub knows whose change it is; the clone is told, or takes the commit's word for it, and says so.
  const text = local.text.replace(`is known by ${knownBy}`, 'is known by login');
  expect(run.output.text?.split('\n')).toEqual(text.split('\n'));
  expect(run.annotations.map((each) => ({ ...each }))).toEqual(
    annotationsOf(verdict).map((each) => expect.objectContaining(each) as object),
  );
}

it.each(shapes)('%s', async (name, files) => {
  const number = await openPull(scene, `pr/${name.replaceAll(' ', '-')}`, files);
  const head = await fetched(number);
  expectSame(number, await localVerdict(head, 'main', '--as', 'codex'), 'the name given');
  expectSame(number, await localVerdict(head, 'main'), 'email');
});

it.each([
  ['opus-bot[bot]', 'opus is known by email'],
  ['codex-bot[bot]', 'codex is known by email'],
  ['spam-bot[bot]', 'the policy does not know `spam-bot[bot]`'],
  ['Zoe-B', 'the policy does not know `Zoe-B`'],
])('by %s, whom the clone knows by the commit', async (author, said) => {
  const files = { 'src/network/who.ts': 'export {};\n' };
  const number = await openPull(scene, `by/${author.replace('[bot]', '')}`, files, author);
  const verdict = await localVerdict(await fetched(number), 'main');
  expect(JSON.stringify(verdict.checks)).toContain(said);
  expectSame(number, verdict, 'email');
});

it('under a policy that cannot be used: every problem is told once', async () => {
  const { demo, fake } = scene;
  const broken = scenePolicy.replace('tier: implementer', 'tier: implementor');
  const parent = await demo.seed({ branch: 'broken', files: { '.github/coord.yml': broken } });
  const author = 'codex-bot[bot]';
  const options = { branch: 'pr/onto-broken', parent, author };
  await demo.seed({ ...options, files: { 'src/network/z.ts': 'export {};\n' } });
  const number = await demo.openPullRequest({ head: options.branch, base: 'broken', author });
  await fake.settled();
  await scene.git('fetch', '-q', 'origin', 'broken:refs/remotes/origin/broken');
  const verdict = await localVerdict(await fetched(number), 'origin/broken');
  expect(verdict.conclusion).toBe('action_required');
  expect(verdict.checks.flatMap(({ reasons }) => reasons)).toEqual([
    expect.stringMatching(/coord\.yml:3:\d+: .*Did you mean "implementer"\?/),
  ]);
  expectSame(number, verdict, 'email');
});
