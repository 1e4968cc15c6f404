// The sentences a policy's author reads, word for word.
import { describe, expect, it } from 'vitest';
import { limits } from '../kernel/limits.ts';
import { parsePolicy, policyProblemsText } from './load.ts';

/** The problems as a terminal shows them, without the name of the file. */
function problemsOf(text: string): string[] {
  const parsed = parsePolicy(text, 'p');
  if (parsed.ok) return [];
  return policyProblemsText(parsed)
    .split('\n')
    .map((line) => line.replace(/^p:/, ''));
}

describe('messages', () => {
  it.each<readonly [title: string, text: string, problems: readonly string[]]>([
    [
      'an empty file',
      '',
      [
        '1:1: version: The key "version" is missing, expected 1. Begin the policy with "version: 1".',
      ],
    ],
    ['another version', 'version: 2', ['1:10: version: Expected 1, found 2.']],
    ['a list for a file', '- a', ['1:1: Expected a map, found a list of 1.']],
    [
      'a misspelt key',
      'version: 1\nchecks:\n  complexty: { max: 9 }\n',
      [
        '3:3: checks.complexty: Unknown key "complexty" in checks, expected "separate", "testGlobs", "scope", "locks", "complexity", "rules", "size" or "coverage". Did you mean "complexity"?',
      ],
    ],
    [
      'a key with nothing near it',
      'version: 1\nplan: { phases: [{ id: a, zzz: 1 }] }',
      [
        '2:27: plan.phases[0].zzz: Unknown key "zzz" in plan.phases[0], expected "id", "title", "status", "after" or "scopes".',
      ],
    ],
    [
      'a wrong word',
      'version: 1\nenforce: requir',
      ['2:10: enforce: Expected "observe" or "require", found "requir". Did you mean "require"?'],
    ],
    [
      'a wrong duration',
      'version: 1\nlocks: { ttl: 1 hour }',
      ['2:15: locks.ttl: Expected a duration such as 30s, 15m, 2h or 7d, found "1 hour".'],
    ],
    [
      'a duration without a unit',
      'version: 1\nlocks: { ttl: 60 }',
      [
        '2:15: locks.ttl: Expected a duration such as 30s, 15m, 2h or 7d, found 60. Put it in quotes.',
      ],
    ],
    [
      'a number out of bounds',
      'version: 1\ntiers: { human: { files: -1, complexity: nope } }',
      [
        '2:26: tiers.human.files: Expected a whole number from 0 to 3000, or none, found -1.',
        '2:42: tiers.human.complexity: Expected a whole number from 1 to 1000, or none, found "nope".',
      ],
    ],
    [
      'a fraction',
      'version: 1\nchecks: { complexity: { max: 8.5 } }',
      ['2:30: checks.complexity.max: Expected a whole number from 1 to 1000, found 8.5.'],
    ],
    [
      'a glob that is none',
      'version: 1\nplan: { protected: [/etc, "a\\\\b", 7] }',
      [
        '2:21: plan.protected[0]: Cannot use "/etc". A glob cannot start with /. Write it from the root of the repository, as in src/**.',
        '2:27: plan.protected[1]: Cannot use "a\\\\b". A glob has no backslash. Separate folders by /.',
        '2:35: plan.protected[2]: Expected a path glob such as "src/**", found 7. Put it in quotes.',
      ],
    ],
    [
      'one text that stands for a list',
      'version: 1\nagents: { codex: { github: "a b" } }\npeople: { ada: { email: nope } }',
      [
        '2:28: agents.codex.github: Expected a GitHub login such as octocat or "codex-bot[bot]", found "a b".',
        '3:25: people.ada.email: Expected an e-mail address such as octocat@example.org, found "nope".',
      ],
    ],
    [
      'a list that is too long',
      `version: 1\nplan: { phases: [{ id: a, after: [${'b, '.repeat(limits.listItemsMax)} b] }, { id: b }] }`,
      [
        `2:34: plan.phases[0].after: Expected a list of at most ${limits.listItemsMax} entries, found a list of ${limits.listItemsMax + 1}.`,
      ],
    ],
    [
      'a scope of a name that is none',
      'version: 1\nagents: { codex: {} }\nplan: { phases: [{ id: a, scopes: { "a b": {} } }] }',
      [
        '3:37: plan.phases[0].scopes["a b"]: Expected a name of 1 to 64 letters, digits, dots, dashes and underscores that starts with a letter or digit, found "a b".',
      ],
    ],
    [
      'a name that is none',
      'version: 1\nagents:\n  -bad: {}\n',
      [
        '3:3: agents.-bad: Expected a name of 1 to 64 letters, digits, dots, dashes and underscores that starts with a letter or digit, found "-bad".',
      ],
    ],
    [
      'a login that is none, in a list',
      'version: 1\nagents: { a: { github: [ok, "not ok", 5] } }',
      [
        '2:29: agents.a.github[1]: Expected a GitHub login such as octocat or "codex-bot[bot]", found "not ok".',
        '2:39: agents.a.github[2]: Expected a GitHub login such as octocat or "codex-bot[bot]", found 5. Put it in quotes.',
      ],
    ],
    [
      'a private key',
      'version: 1\nagents: { a: { keys: ["-----BEGIN PRIVATE KEY-----"] } }',
      [
        '2:23: agents.a.keys[0]: Expected a public key on one line, found "-----BEGIN PRIVATE KEY-----".',
      ],
    ],
    [
      'the tier of people for an agent',
      'version: 1\nagents: { a: { tier: human } }',
      ['2:22: agents.a.tier: Expected "executive", "implementer" or "validator", found "human".'],
    ],
    [
      'sections with nothing in them',
      'version: 1\nagents:\n  codex:\nplan: { phases: }\n',
      [
        '3:3: agents.codex: Expected a map, found nothing. Write {} for an empty map.',
        '4:9: plan.phases: Expected a list, found nothing. Write [] for an empty list.',
      ],
    ],
    [
      'an operation that cannot be one',
      'version: 1\nauthority: { operations: { start: [human] } }',
      [
        '2:28: authority.operations.start: Expected the name of an operation such as plan.start, found "start".',
      ],
    ],
    [
      'keys twice',
      'version: 1\nversion: 1\nagents:\n  a: {}\n  a: {}\n',
      [
        '2:1: version: The key "version" stands here for the second time. Keep one of the two.',
        '5:3: agents.a: The key "a" stands here for the second time. Keep one of the two.',
      ],
    ],
    [
      'keys that are none',
      'version: 1\n<<: { enforce: observe }\n__proto__: { enforce: observe }\n? [a]\n: b\n',
      [
        '2:1: Merge keys are not allowed in a policy, found "<<". Write the keys out in each place.',
        '3:1: The key "__proto__" is not allowed in a policy. Leave it out.',
        '4:3: Expected a word as the key, found none.',
      ],
    ],
    [
      'anchors, aliases and tags',
      'version: &one 1\nlocks: { maxPerAgent: *one }\nenforce: !!str observe\n',
      [
        '1:10: Anchors are not allowed in a policy, found "&one". Write the value out in each place.',
        '2:23: Aliases are not allowed in a policy, found "*one". Write the value out in each place.',
        '3:10: Tags are not allowed in a policy, found "!!str". Leave it out; put a text in quotes instead.',
      ],
    ],
    [
      'a directive',
      '%YAML 1.1\n---\nversion: 1\n',
      ['1:1: Directives are not allowed in a policy, found "%YAML 1.1". Leave the line out.'],
    ],
    [
      'two documents',
      'version: 1\n---\nversion: 1\n',
      [
        '2:1: Expected one YAML document, found a second one. Leave out the line "---" or "..." before it.',
      ],
    ],
    [
      'a document behind an end mark',
      'version: 1\n...\nagents: {}\n',
      [
        '3:1: Expected one YAML document, found a second one. Leave out the line "---" or "..." before it.',
      ],
    ],
    [
      'a bracket that is not closed',
      'version: 1\nplan: { phases: [\n',
      [
        '3:1: This is not YAML: flow sequence in block collection must be sufficiently indented and end with a ]. Check brackets, quotes and indentation at this place.',
        ' and 1 more.',
      ],
    ],
    [
      'brackets beyond the bound',
      `version: 1\na: ${'['.repeat(40)}`,
      [
        '2:36: Expected at most 32 levels of nesting, found more. A policy needs no more than eight; look for an unclosed bracket.',
      ],
    ],
    [
      'indentation beyond the bound',
      Array.from({ length: 40 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
      [
        '34:34: Expected at most 32 levels of nesting, found more. A policy needs no more than eight; look for an unclosed bracket.',
      ],
    ],
    [
      'values beyond the bound',
      `version: 1\nlocks: [${'1,'.repeat(6000)}]`,
      [
        '2:10003: Expected at most 5000 keys and values in a policy, found more. Use wider globs instead of lists of files.',
      ],
    ],
  ])('%s', (_title, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('a text beyond the bound, in bytes', () => {
    const comment = `version: 1 # ${'é'.repeat(limits.policyBytesMax / 2 - 6)}`;
    expect(problemsOf(comment)).toEqual([
      '1:1: Expected a policy of at most 65536 bytes, found more. Use wider globs instead of lists of files.',
    ]);
    expect(problemsOf(comment.slice(0, -3))).toEqual([]);
  });

  it('reports the problems of keys, schema and references together, in the order of the text', () => {
    const text =
      'version: 3\nplan:\n  phases:\n    - { id: a, after: [b] }\n    - { id: a, tilte: x }\nversion: 1\n';
    const parsed = parsePolicy(text, 'p');
    expect(!parsed.ok && parsed.problems.map(({ line, path }) => [line, path])).toEqual([
      [1, 'version'],
      [4, 'plan.phases[0].after[0]'],
      [5, 'plan.phases[1].id'],
      [5, 'plan.phases[1].tilte'],
      [6, 'version'],
    ]);
  });

  it('shows the first twenty problems and counts the others', () => {
    const text = `version: 1\n${Array.from({ length: 33 }, (_, index) => `key${index}: 1`).join('\n')}`;
    const parsed = parsePolicy(text, 'coord.yml');
    expect(!parsed.ok && [parsed.problems.length, parsed.omitted]).toEqual([20, 13]);
    expect(!parsed.ok && policyProblemsText(parsed).split('\n').at(-1)).toBe(
      'coord.yml: and 13 more.',
    );
  });

  it('escapes what would change the line around it and cuts what is long', () => {
    const [problem] = problemsOf(`version: 1\nenforce: "a\\u202Eb\\x07${'c'.repeat(99)}"`);
    expect(problem).toBe(
      `2:10: enforce: Expected "observe" or "require", found "a\\u202eb\\u0007${'c'.repeat(36)}…".`,
    );
  });

  it('finds misspelt operations where it is told which there are', () => {
    const text = 'version: 1\nauthority: { operations: { lock.aquire: [human] } }';
    const options = { operationNames: ['lock.acquire', 'lock.release'] };
    const parsed = parsePolicy(text, 'p', options);
    expect(!parsed.ok && policyProblemsText(parsed)).toBe(
      'p:2:28: authority.operations["lock.aquire"]: There is no operation "lock.aquire". Did you mean "lock.acquire"?',
    );
    expect(parsePolicy(text, 'p').ok).toBe(true);
  });
});
