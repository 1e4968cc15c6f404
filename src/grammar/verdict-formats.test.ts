// Every form of a verdict says all that it found, fails where it fails, and lets no stranger's text break out of it.
import { describe, expect, it } from 'vitest';
import type { Finding, GateVerdict, Verdict } from '../kernel/check.ts';
import { verdictAnnotations } from './verdict-annotations.ts';
import { verdictJunit } from './verdict-junit.ts';
import { verdictSarif } from './verdict-sarif.ts';

const hostile = 'a,b:c%d "quoted" <b>&amp;</b>\r\n::error::x\u0007\u{1F600}\uD800]]>';

function finding(change: Partial<Finding> = {}): Finding {
  const place = { path: 'src/a b#/ü.ts', line: 3, endLine: 9 };
  return {
    ...{ rule: 'complexity', ...place, message: hostile, limit: 8, value: 9, level: 'failure' },
    ...change,
  };
}

function check(name: string, change: Partial<Verdict> = {}): Verdict {
  const nothing = { title: `${name} says this`, reasons: [], findings: [] };
  return { name, conclusion: 'success', ...nothing, ...change };
}

const verdict: GateVerdict = {
  ...{ conclusion: 'failure', title: 'Two checks fail.', summary: '', head: 'h', base: 'b' },
  ...{ policy: null, enforce: 'require', seq: 7 },
  checks: [
    check('complexity', {
      conclusion: 'failure',
      findings: [
        finding(),
        finding({ level: 'warning', rule: 'function-lines', endLine: null }),
        finding({ level: 'notice', path: null, line: null, endLine: null }),
      ],
    }),
    check('scope', { conclusion: 'action_required', reasons: ['The policy cannot be read.'] }),
    check('locks', { conclusion: 'neutral', title: 'There is no log.' }),
    check('size', { findings: [finding({ level: 'notice', rule: 'size-files', line: null })] }),
  ],
};

interface Sarif {
  readonly version: string;
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly locations?: readonly object[];
      }[];
      readonly properties: object;
    },
  ];
}

describe('SARIF', () => {
  const rules = [{ id: 'complexity', check: 'complexity', summary: 'Functions stay simple.' }];
  const document = JSON.parse(verdictSarif(verdict, { version: '1.2.3', rules })) as Sarif;
  const [{ results, tool, properties }] = document.runs;

  it('names its rules, what was judged, and its version of the format', () => {
    expect(document.version).toBe('2.1.0');
    expect(tool.driver).toMatchObject({ name: 'coord', version: '1.2.3' });
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['complexity']);
    expect(properties).toMatchObject({ conclusion: 'failure', head: 'h', base: 'b', seq: 7 });
  });

  it('has a result for each finding, and for a check that fails without one', () => {
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['complexity', 'error'],
      ['function-lines', 'warning'],
      ['complexity', 'note'],
      ['scope', 'error'],
      ['size-files', 'note'],
    ]);
    expect(results[0]?.message.text).toBe(hostile);
    expect(results[3]?.message.text).toBe('scope says this The policy cannot be read.');
  });

  it('names a path as a URI, its lines where there are some, and nothing for the whole', () => {
    const artifactLocation = { uri: 'src/a%20b%23/%C3%BC.ts', uriBaseId: '%SRCROOT%' };
    const region = { startLine: 3, endLine: 9 };
    expect(results[0]?.locations).toEqual([{ physicalLocation: { artifactLocation, region } }]);
    const line = { startLine: 3, endLine: 3 };
    expect(results[1]?.locations).toEqual([
      { physicalLocation: { artifactLocation, region: line } },
    ]);
    expect(results[2]).not.toHaveProperty('locations');
    expect(results[4]?.locations).toEqual([{ physicalLocation: { artifactLocation } }]);
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const tag = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g;

function attributesOf(text: string): Element['attributes'] {
  const pairs = [...text.matchAll(/([a-z]+)="([^"]*)"/g)];
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, value]));
}

/** The elements of a document in order, which is well-formed, or this fails. */
function elementsOf(xml: string): Element[] {
  const body = xml.slice(xml.indexOf('?>') + 2);
  expect(body.replace(tag, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/);
  const open: string[] = [];
  const elements: Element[] = [];
  for (const [, end, name = '', attributes = '', empty] of body.matchAll(tag)) {
    if (end === '/') expect(open.pop()).toBe(name);
    else elements.push({ name, attributes: attributesOf(attributes) });
    if (end === '' && empty === '') open.push(name);
  }
  expect(open).toEqual([]);
  return elements;
}

describe('JUnit', () => {
  const xml = verdictJunit(verdict);
  const elements = elementsOf(xml);
  const ofName = (name: string) => elements.filter((each) => each.name === name);

  it('has a suite for each check and counts its cases', () => {
    expect(ofName('testsuites')[0]?.attributes).toMatchObject({
      tests: '8',
      failures: '2',
      skipped: '1',
    });
    expect(
      ofName('testsuite').map(({ attributes }) => [
        attributes['name'],
        attributes['tests'],
        attributes['failures'],
        attributes['skipped'],
      ]),
    ).toEqual([
      ['complexity', '4', '1', '0'],
      ['scope', '1', '1', '0'],
      ['locks', '1', '0', '1'],
      ['size', '2', '0', '0'],
    ]);
    expect(ofName('failure')).toHaveLength(2);
    expect(ofName('skipped')[0]?.attributes['message']).toBe('There is no log.');
  });

  it('names a case by rule and place, and says why it fails', () => {
    expect(ofName('testcase')[1]?.attributes).toEqual({
      classname: 'coord.complexity',
      name: 'complexity src/a b#/ü.ts:3',
    });
    expect(ofName('failure').map(({ attributes }) => attributes['type'])).toEqual([
      'complexity',
      'action_required',
    ]);
    expect(xml).toContain('The policy cannot be read.');
  });

  it('holds no sign that XML cannot say', () => {
    expect(xml).not.toMatch(/(?!\n)\p{Cc}|\p{Cs}/u);
    expect(xml).toContain('&lt;b&gt;&amp;amp;&lt;/b&gt;');
    expect(xml).toContain('\u{1F600}');
  });
});

describe('annotations', () => {
  const lines = verdictAnnotations(verdict).split('\n');

  it('are a command each, with place and title', () => {
    expect(lines.map((line) => line.split('::')[1])).toEqual([
      'error file=src/a b#/ü.ts,line=3,endLine=9,title=complexity%3A complexity',
      'warning file=src/a b#/ü.ts,line=3,endLine=3,title=complexity%3A function-lines',
      'notice title=complexity%3A complexity',
      'error title=scope',
      'notice file=src/a b#/ü.ts,title=size%3A size-files',
    ]);
  });

  it('let no text begin a line or another command', () => {
    expect(lines[0]?.endsWith('%0D%0A::error::x\u0007\u{1F600}\uD800]]>')).toBe(true);
    const path = 'a,line=1::b\n::warning::c';
    const [told] = verdictAnnotations({
      ...verdict,
      checks: [check('size', { findings: [finding({ path })] })],
    }).split('\n');
    expect(told).toContain('file=a%2Cline=1%3A%3Ab%0A%3A%3Awarning%3A%3Ac,');
  });

  it('are nothing where nothing was found', () => {
    expect(verdictAnnotations({ ...verdict, checks: [check('size')] })).toBe('');
  });
});
