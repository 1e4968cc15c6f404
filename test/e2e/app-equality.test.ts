// The App's verdict on a pull request is the one `coord check` gives in a clone: conclusion, every section, every annotation.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { annotationsOf } from '../../src/adapters/github/check-run.ts';
import { verdictMarkdown } from '../../src/grammar/verdict.ts';
import type { GateVerdict } from '../../src/kernel/check.ts';
import { newestRun, openPull, scenePolicy, startScene } from '../app-scene.ts';
import type { Scene } from '../app-scene.ts';
import { code, long } from '../complex-code.ts';
import type { FileInputs } from '../fakes/github/change/file-input.ts';
import { runShell } from '../shell.ts';

let scene: Scene;

const strict = `checks:
  complexity: { max: 8, mode: ratchet }
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
  ['nothing of code', { 'src/network/readme.md': '# @team <b>bold</b> `x`\n' }],
];

it.each(shapes)('%s', async (name, files) => {
  const branch = `pr/${name.replaceAll(' ', '-')}`;
  const number = await openPull(scene, branch, files);
  const { headSha } = scene.demo.pull(number).pull;
  await scene.git('fetch', '-q', 'origin', `refs/pull/${number}/head`);
  const words = ['check', '--base', 'main', '--head', headSha, '--as', 'codex', '--json'];
  const { out } = await runShell(['-C', scene.clone, ...words]);
  const { result: verdict } = JSON.parse(out) as { result: GateVerdict };
  const run = newestRun(scene, number);
  const local = verdictMarkdown(verdict);
  expect(run.conclusion).toBe(verdict.conclusion);
  expect(run.output.title).toBe(local.title);
  // The clone is told whose change it is, GitHub knows it.
  const text = local.text.replace('is known by the name given', 'is known by login');
  expect(run.output.text?.split('\n')).toEqual(text.split('\n'));
  expect(run.annotations.map((each) => ({ ...each }))).toEqual(
    annotationsOf(verdict).map((each) => expect.objectContaining(each) as object),
  );
});
