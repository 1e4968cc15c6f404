// What `coord check` tells beside its verdict, whom it takes for the author, and what it refuses to judge.
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateVerdict } from '../../src/kernel/check.ts';
import { checks } from '../../src/registry.ts';
import { runShell } from '../shell.ts';
import {
  commitFile,
  git,
  inside,
  newLog,
  newRepository,
  useRepositories,
} from './shell-repository.ts';
import type { JsonRun } from './shell-repository.ts';

useRepositories();

const policyPath = '.github/coord.yml';
const policy = `version: 1
agents:
  codex: { github: "codex-bot[bot]", tier: implementer }
people:
  ada: { github: ada-l, email: tess@example.com }
plan:
  phases: [{ id: rpc, status: active, scopes: { codex: { write: ["src/**"] } } }]
`;

/** A log, a policy on main, and a branch `change` with one file of it. */
async function withChange(
  text: string,
  path = 'src/a.ts',
  content = 'export {};\n',
): Promise<string> {
  const directory = await newLog();
  await commitFile(directory, policyPath, text);
  await git(directory, 'checkout', '-q', '-b', 'change');
  await commitFile(directory, path, content);
  return directory;
}

function verdictOf({ answer }: JsonRun): GateVerdict {
  return answer.result as unknown as GateVerdict;
}

function scopeOf(run: JsonRun): string {
  const scope = verdictOf(run).checks.find(({ name }) => name === 'scope');
  return [scope?.title ?? '', ...(scope?.reasons ?? [])].join(' ');
}

const check = ['check', '--base', 'main'];

describe('the author', () => {
  async function authoredBy(email: string): Promise<JsonRun> {
    const directory = await withChange(policy);
    await git(directory, 'commit', '-q', '--amend', '--no-edit', `--author=X <${email}>`);
    return inside(directory, check);
  }

  it('is the agent whose GitHub address the commit carries, and the verdict says by what', async () => {
    const run = await authoredBy('77+codex-bot[bot]@users.noreply.github.com');
    expect(scopeOf(run)).toContain('codex is known by email.');
    expect(scopeOf(run)).toContain('all within the scope of codex');
  });

  it('is the person whose GitHub address it is, or a stranger by login', async () => {
    const person = await authoredBy('ada-l@users.noreply.github.com');
    expect(scopeOf(person)).toContain("A person's pull request");
    const stranger = await authoredBy('5+spam-bot[bot]@users.noreply.github.com');
    expect(scopeOf(stranger)).toContain('the policy does not know `spam-bot[bot]`');
  });

  it('is refused by a name that neither policy nor log knows, with the near one', async () => {
    const directory = await withChange(policy);
    const wrong = await inside(directory, [...check, '--as', 'Codxe']);
    expect([wrong.status, wrong.answer.error]).toMatchObject([
      2,
      { kind: 'usage', code: 'author-unknown', data: { name: 'codxe', known: ['codex', 'ada'] } },
    ]);
    expect(wrong.answer.error.message).toContain('Did you mean codex? Known are codex, ada.');
    const far = await inside(directory, check, { COORD_AGENT: 'somebody-else' });
    expect(far.answer.error.code).toBe('author-unknown');
    expect(far.answer.error.message).toContain('knows `somebody-else`, so');
    expect(far.answer.error.message).not.toContain('Did you mean');
  });

  it('is taken by any name that policy, log or the table of known agents has', async () => {
    const directory = await withChange(
      'version: 1\nplan: { phases: [{ id: a, scopes: { devin: {} } }] }',
    );
    await inside(directory, ['agent', 'join', 'hopper', '--as', 'hopper']);
    await inside(directory, ['agent', 'leave', '--as', 'hopper']);
    for (const name of ['codex', 'hopper', 'devin', 'gemini', 'jules']) {
      const run = await inside(directory, [...check, '--as', name]);
      expect([name, run.status, scopeOf(run)]).toEqual([
        name,
        expect.any(Number),
        expect.stringContaining(name),
      ]);
    }
  });

  it('is anybody while the policy cannot be used, which does not pass', async () => {
    const directory = await withChange('version: 9\n');
    const run = await inside(directory, [...check, '--as', 'nobody']);
    expect([run.status, verdictOf(run).conclusion]).toEqual([1, 'action_required']);
  });
});

describe('the form of the verdict', () => {
  const words = (format: string): string[] => [
    'check',
    '--base',
    'main',
    '--as',
    'codex',
    '--format',
    format,
  ];

  it('is a document for other programs, with the same exit status', async () => {
    const directory = await withChange(policy, 'docs/a.md', 'A text.\n');
    const run = (format: string) => runShell(['-C', directory, ...words(format)]);
    const sarif = await run('sarif');
    const { runs } = JSON.parse(sarif.out) as {
      runs: [{ results: { ruleId: string }[]; tool: { driver: { rules: { id: string }[] } } }];
    };
    const rules = runs[0].tool.driver.rules.map(({ id }) => id);
    expect(runs[0].results.map(({ ruleId }) => ruleId)).toEqual(['scope-outside']);
    expect(rules).toEqual(checks.flatMap(({ name, rules: own }) => [name, ...own]));
    const junit = await run('junit');
    expect(junit.out).toContain(
      '<testsuite name="scope" tests="2" failures="1" errors="0" skipped="0">',
    );
    const annotations = await run('annotations');
    expect(annotations.out).toMatch(
      /^::error file=docs\/a\.md,title=scope%3A scope-outside::[^\n]+\n?$/,
    );
    expect([sarif, junit, annotations].map(({ status }) => status)).toEqual([1, 1, 1]);
  });

  it('is one at a time', async () => {
    const directory = await withChange(policy);
    const { answer, status } = await inside(directory, words('sarif'));
    expect([status, answer.error.code]).toEqual([2, 'two-forms']);
  });
});

describe('a broken policy', () => {
  it('is told of once, and every check says where', async () => {
    const directory = await withChange('version: 1\nenforec: require\n');
    const { status, out, err } = await runShell(['-C', directory, ...check]);
    expect([status, err]).toEqual([1, '']);
    expect(out.split('Did you mean "enforce"?')).toHaveLength(2);
    expect(out.split('as the section "policy" says')).toHaveLength(checks.length + 1);
    expect(out).toMatch(/^ACTION policy +The policy on the base branch cannot be used/);
    expect(out).not.toContain('The policy at');
  });
});

describe('what the verdict does not speak of', () => {
  it('is changes that are not committed', async () => {
    const directory = await withChange(policy);
    expect((await inside(directory, check)).err).toBe('');
    await appendFile(join(directory, 'README.md'), 'more\n');
    const one =
      'coord: 1 file with uncommitted changes is not part of this check (it compares main..HEAD).';
    expect((await inside(directory, check)).err).toBe(one);
    await rename(join(directory, 'src/a.ts'), join(directory, 'src/b.ts'));
    await git(directory, 'add', 'src');
    const two =
      '2 files with uncommitted changes are not part of this check (it compares main..change).';
    expect((await inside(directory, [...check, '--head', 'change'])).err).toBe(`coord: ${two}`);
    expect((await inside(directory, [...check, '--head', 'main'])).err).toBe('');
  });

  describe('is an author whom the policy does not know', () => {
    const unlisted = policy.replace(', email: tess@example.com', '');
    const note = (meaning: string) =>
      `coord: the author \`tess@example.com\` is nobody the policy knows: ${meaning}. --as AGENT names whose change it is.`;

    it('with what the policy makes of that, and the verdict is none of it', async () => {
      const directory = await withChange(unlisted);
      const run = await inside(directory, check);
      expect(run.err).toBe(
        note("it is taken for no agent's, and no scope is judged (unknownAuthors: neutral)"),
      );
      expect([run.status, scopeOf(run)]).toEqual([
        0,
        "Not an agent's pull request: the policy does not know `tess@example.com`.",
      ]);
      expect(run.out).not.toContain('--as AGENT');
    });

    it('where unknown authors fail, and where no scope is judged at all', async () => {
      const directory = await withChange(`${unlisted}unknownAuthors: fail\n`);
      const run = await inside(directory, check);
      expect([run.status, run.err]).toEqual([
        1,
        note('the check scope holds that against it (unknownAuthors: fail)'),
      ]);
      await writeFile(
        join(directory, 'try.yml'),
        `${unlisted}unknownAuthors: fail\nchecks: { scope: { mode: off } }\n`,
      );
      const off = await inside(directory, [...check, '--policy', 'try.yml']);
      expect([off.status, off.err]).toEqual([
        0,
        note('no scope is judged (checks.scope.mode: off)'),
      ]);
    });

    it('but not where one is named, where the policy cannot be used, or where nothing changes', async () => {
      const directory = await withChange(unlisted);
      for (const words of [
        ['--as', 'codex'],
        ['--as', 'ada'],
        ['--head', 'main'],
      ]) {
        expect([words, (await inside(directory, [...check, ...words])).err]).toEqual([words, '']);
      }
      expect((await inside(directory, check, { COORD_AGENT: 'codex' })).err).toBe('');
      expect((await inside(await withChange('version: 9\n'), check)).err).toBe('');
    });
  });

  it('is what the policy sets and nothing follows', async () => {
    const more = 'checks: { separate: true }\ntriggers: [{ cron: daily }]\n';
    const directory = await withChange(policy + more);
    const note =
      'coord: the policy sets checks.separate, triggers: accepted, but not followed yet.';
    expect((await inside(directory, check)).err).toBe(note);
    await writeFile(join(directory, 'try.yml'), policy);
    expect((await inside(directory, [...check, '--policy', 'try.yml'])).err).toBe('');
  });
});

describe('code that cannot be analysed', () => {
  const broken = 'const a = 1;\nfunction {\n';

  it('is a syntax error with its line, in check and in measure', async () => {
    const directory = await withChange(policy, 'src/bad.ts', broken);
    const run = await inside(directory, [...check, '--as', 'codex']);
    expect(JSON.stringify(verdictOf(run))).toContain(
      'could not be analysed: syntax error at line 2',
    );
    const measured = await runShell(['-C', directory, 'measure', 'src']);
    expect(measured.status).toBe(0);
    expect(JSON.parse(measured.out)).toMatchObject({ file: join('src', 'bad.ts'), line: 2 });
    const name = join('src', 'bad.ts');
    expect(measured.err).toBe(`coord: \`${name}\` could not be analysed: syntax error at line 2.`);
  });

  it('is named ten times, and counted beyond', async () => {
    const directory = await newRepository();
    for (let index = 0; index < 12; index += 1) {
      await writeFile(join(directory, `bad-${index}.ts`), broken);
    }
    const { err } = await runShell(['-C', directory, 'measure', '.']);
    expect(err.split('\n')).toHaveLength(11);
    expect(err.split('\n').at(-1)).toBe('coord: and 2 more files could not be analysed.');
  });
});

describe('measure says why it prints nothing', () => {
  it.each([
    [
      'README.txt',
      '# Hello',
      '.',
      'coord: there is no file here in a language that is measured; name files, or folders that hold some.',
    ],
    ['a.ts', 'export const a = 1;\n', '.', 'coord: 1 file measured, and no function in it.'],
    ['a.ts', 'export const f = () => 1;\n', '.', ''],
  ])('%s: %s', async (file, text, path, said) => {
    const directory = await newRepository();
    await writeFile(join(directory, file), text);
    const { status, err } = await runShell(['-C', directory, 'measure', path]);
    expect([status, err]).toEqual([0, said]);
  });

  it('a path that is not there is wrong usage', async () => {
    const directory = await newRepository();
    const run = await inside(directory, ['measure', 'nowhere']);
    expect([run.status, run.answer.error.code]).toEqual([2, 'no-path']);
  });
});
