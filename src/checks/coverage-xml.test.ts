// Cobertura and JaCoCo reports, and XML that is out to harm.
import { describe, expect, it } from 'vitest';
import { coverageOf, fileOf, problemOf } from '../../test/coverage-scene.ts';

const cobertura = `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage version="7.6" timestamp="1" lines-valid="3" line-rate="0.6">
  <sources>
    <source>/srv/ci/demo/src</source>
  </sources>
  <packages><package name="." line-rate="0.6"><classes>
    <class name="a.py" filename="pkg/a.py" complexity="0" line-rate="0.6">
      <methods>
        <method name="add" signature="(a, b)"><lines>
          <line number="2" hits="1"/><line number="4" hits="0"/>
        </lines></method>
        <method name="none" signature="()"/>
      </methods>
      <lines>
        <line number="1" hits="3"/>
        <line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/>
        <line number="4" hits="0"/>
      </lines>
    </class>
    <class name="a.py$inner" filename="pkg/a.py"><methods/><lines><line number="9" hits="0"/></lines></class>
  </classes></package></packages>
</coverage>
`;

describe('Cobertura', () => {
  it('has lines once, functions by their lines, and the folders that paths count from', async () => {
    const { roots } = await coverageOf(cobertura);
    expect(roots).toEqual(['/srv/ci/demo/src']);
    const { lines, functions } = await fileOf(cobertura, 'pkg/a.py');
    expect([...lines]).toEqual([
      [2, 1],
      [4, 0],
      [1, 3],
      [9, 0],
    ]);
    expect(functions).toEqual([{ name: 'add', line: 2, endLine: 4, hits: 1 }]);
  });

  it('counts the calls of a method where they are told, not the runs of its line', async () => {
    const method = '<method name="f" hits="0"><lines><line number="3" hits="7"/></lines></method>';
    const text = `<coverage><class filename="a.js"><methods>${method}</methods></class></coverage>`;
    const { lines, functions } = await fileOf(text, 'a.js');
    expect([...lines]).toEqual([[3, 7]]);
    expect(functions).toEqual([{ name: 'f', line: 3, endLine: null, hits: 0 }]);
  });

  const one = (line: string) =>
    `<coverage><class filename="a">\n<lines>${line}</lines></class></coverage>`;

  it.each([
    ['a negative count', one('<line number="1" hits="-1"/>'), 'line 2: a count must be'],
    ['NaN', one('<line number="1" hits="NaN"/>'), 'line 2: a count must be'],
    ['no count', one('<line number="1"/>'), 'line 2: a count must be'],
    ['no line', one('<line hits="1"/>'), 'line 2: the number of a line'],
    [
      'a line of nothing',
      '<coverage><line number="1" hits="1"/></coverage>',
      'outside of any class',
    ],
    ['a class in a class', one('<class filename="b"/>'), 'a class stands within a class'],
    ['a class of no file', '<coverage><class/></coverage>', 'a file has no name'],
    ['a text cut off', '<coverage>\n<packages>\n', 'unclosed tag: packages'],
    ['wrong nesting', '<coverage>\n<a></b></coverage>', 'line 2: unexpected close tag'],
    [
      'a report of Clover',
      '<coverage generated="1" clover="3"><project timestamp="1"/></coverage>',
      'this is a report of Clover',
    ],
    ['another XML', '<project/>', 'this is no report of LCOV'],
    ['an attribute of 10 MB', one(`<line number="${'1'.repeat(10_000_000)}"/>`), 'is too long'],
    ['a text of 10 MB', `<coverage>${'x'.repeat(10_000_000)}</coverage>`, 'a text is longer'],
    ['deep nesting', `<coverage>${'<a>'.repeat(100_000)}`, 'nested deeper than'],
    ['an entity nobody declared', '<coverage><source>&x;</source></coverage>', 'undefined entity'],
  ])('is refused for %s', async (_what, text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });

  it('expands no entities and reads no files', async () => {
    const laughs = Array.from(
      { length: 9 },
      (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
    );
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE coverage [<!ENTITY l0 "ha">${laughs.join('\n')}]>\n<coverage><sources><source>&l9;</source></sources></coverage>`;
    expect(await problemOf(bomb)).toContain('it declares entities or elements of its own');
    const outside =
      '<!DOCTYPE coverage [<!ENTITY x SYSTEM "file:///etc/passwd">]><coverage><sources><source>&x;</source></sources></coverage>';
    expect(await problemOf(outside)).toContain('it declares entities or elements of its own');
  });
});

const jacoco = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="demo"><sessioninfo id="ci-1" start="1" dump="2"/><group name="app">
<package name="com/acme">
  <class name="com/acme/Calc" sourcefilename="Calc.java">
    <method name="add" desc="(II)I" line="4"><counter type="INSTRUCTION" missed="0" covered="4"/><counter type="METHOD" missed="0" covered="1"/></method>
    <method name="sub" desc="(II)I" line="8"><counter type="METHOD" missed="1" covered="0"/></method>
    <method name="made" desc="()V"><counter type="METHOD" missed="1" covered="0"/></method>
    <counter type="METHOD" missed="1" covered="1"/>
  </class>
  <sourcefile name="Calc.java">
    <line nr="4" mi="0" ci="4" mb="0" cb="0"/>
    <line nr="5" mi="2" ci="2" mb="1" cb="1"/>
    <line nr="8" mi="4" ci="0" mb="0" cb="0"/>
    <line nr="9" mi="0" ci="0" mb="0" cb="0"/>
  </sourcefile>
</package></group></report>`;

describe('JaCoCo', () => {
  it('has lines by their instructions, and methods that have a line', async () => {
    const { lines, functions } = await fileOf(jacoco, 'com/acme/Calc.java');
    expect([...lines]).toEqual([
      [4, 1],
      [5, 1],
      [8, 0],
    ]);
    expect(functions).toEqual([
      { name: 'add', line: 4, endLine: null, hits: 1 },
      { name: 'sub', line: 8, endLine: null, hits: 0 },
    ]);
  });

  it.each([
    [
      'a negative count',
      '<report><package><sourcefile name="A"><line nr="1" mi="-1" ci="1"/></sourcefile></package></report>',
      'a count must be',
    ],
    ['a line of nothing', '<report><line nr="1" mi="1" ci="1"/></report>', 'outside of any source'],
    ['a file without a name', '<report><sourcefile/></report>', 'a file has no name'],
  ])('is refused for %s', async (_what, text, problem) => {
    expect(await problemOf(text)).toContain(problem);
  });
});
