// Commands in code, in quotes, and in whatever else a reader of the rendered page does not see as text are none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../kernel/fault.ts';
import { findCommands } from './comment.ts';

function textsIn(body: string | readonly string[]): string[] {
  const text = typeof body === 'string' ? body : body.join('\n');
  return findCommands(text).map((command) => command.text);
}

const hidden = '/coord hidden';

describe('code', () => {
  it.each<[string, string[]]>([
    ['backticks', ['```', hidden, '```', '/coord b']],
    ['tildes', ['~~~', hidden, '~~~', '/coord b']],
    ['a word behind the fence', ['```sh title', hidden, '```', '/coord b']],
    ['an indented fence', ['   ```', hidden, '  ```', '/coord b']],
    ['a longer fence with a shorter one inside', ['````', '```', hidden, '````', '/coord b']],
    ['a longer closer', ['```', hidden, '`````', '/coord b']],
    ['the other character inside', ['~~~', '```', hidden, '```', hidden, '~~~', '/coord b']],
    ['what only looks like a closer', ['```', hidden, '``` x', hidden, '```', '/coord b']],
    ['a closer with a no-break space', ['```', hidden, '```\u00a0', hidden, '```', '/coord b']],
    ['a closer indented as code', ['```', hidden, '    ```', hidden, '```', '/coord b']],
    ['a fence in a list', ['- ```', '  /coord hidden', '  ```', '/coord b']],
    ['a fence in a list that ends with it', ['- ```', '  /coord hidden', '', '/coord b']],
    ['a fence in a numbered list', ['1. ```', '   /coord hidden', '   ```', '/coord b']],
    ['a fence behind an empty item', ['-', '', '  ```', hidden, '  ```', '/coord b']],
    ['a fence in a quote that ends with it', ['> ```', '/coord b']],
    ['a span over lines', ['x `', hidden, '` y', '/coord b']],
    ['a span over a tag', ['x `', '<b>', hidden, '` y', '/coord b']],
    ['a long span', ['x ``` y', '` `` ```` z', hidden, 'y ```', '/coord b']],
  ])('%s', (_name, lines) => {
    expect(textsIn(lines)).toEqual(['b']);
  });

  it.each<[string, string[]]>([
    ['that is never closed', ['text', '```', hidden, '', hidden]],
    ['that is indented', ['    /coord hidden', '\t/coord hidden', '', '     /coord hidden']],
    ['that is indented in a list', ['- a', '', '      /coord hidden']],
  ])('%s runs to its end', (_name, lines) => {
    expect(textsIn(lines)).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['is not a fence with a backtick behind it', ['``` a`b', '/coord b']],
    ['is not a fence with something invisible before it', ['\u200b```', '/coord b']],
    ['is not a backtick that stays alone', ['x ` y', '/coord b']],
    ['is not a backtick of another paragraph', ['x ` y', '', '/coord b', '', '`']],
    ['is not a backtick of a heading', ['x ` y', '===', '/coord b', '`']],
    ['is not an escaped backtick', ['x \\` y', '/coord b', '`']],
    ['is not a backtick inside a link', ['<http://a.b/`>', '/coord b', '`']],
  ])('%s', (_name, lines) => {
    expect(textsIn(lines)).toEqual(['b']);
  });
});

describe('a quote', () => {
  it.each<[string, string[]]>([
    ['with its marks', ['> /coord hidden', '>/coord hidden', '   > /coord hidden', '', '/coord b']],
    ['that forgot a mark', ['> said', hidden, '', '/coord b']],
    ['that forgot several', ['> said', 'and', hidden, 'x', '', '/coord b']],
    ['in a list that forgot its mark', ['- > said', hidden, '', '/coord b']],
    ['in a quote that forgot a mark', ['> > said', '> /coord hidden', hidden, '', '/coord b']],
    ['that ends with a rule', ['> said', '***', '/coord b']],
    ['that ends with a heading', ['> said', '# Title', '/coord b']],
    ['that ends with a heading of its own', ['> # said', '/coord b']],
    ['in HTML', ['<blockquote>', hidden, '', hidden, '</blockquote>', '/coord b']],
    [
      'in HTML with a table left open',
      ['> <table>', '> </blockquote>', '', hidden, '</table>', '/coord b'],
    ],
  ])('%s', (_name, lines) => {
    expect(textsIn(lines)).toEqual(['b']);
  });

  it('that opens an HTML comment hides all that follows, as GitHub does', () => {
    expect(textsIn(['> <!--', hidden, '-->', '', hidden])).toEqual([]);
    expect(textsIn(['- <!--', hidden, '-->', '', hidden])).toEqual([]);
  });
});

describe('what is hidden or collapsed', () => {
  it.each<[string, string[]]>([
    ['a comment', ['<!-- x', hidden, '', hidden, '-->', '/coord b']],
    ['a comment inside text', ['x <!-- y', hidden, '--> z', '/coord b']],
    ['a comment that only seems closed', ['<!-- --', hidden, '-- >', hidden, '-->', '/coord b']],
    ['an empty comment', ['<!-->', '/coord b']],
    ['details', ['<details>', hidden, '', hidden, '', '</details>', '/coord b']],
    [
      'details with a summary',
      ['<details><summary>x</summary>', '', hidden, '</details>', '/coord b'],
    ],
    ['open details', ['<DETAILS open="a > b">', '', hidden, '', '</Details >', '', '/coord b']],
    [
      'nested details',
      ['<details>', '<details>', '</details>', '', hidden, '</details>', '/coord b'],
    ],
    ['details inside text', ['x <details>', hidden, '</details>', '/coord b']],
    ['pre', ['<pre>', hidden, '', hidden, '</pre>', '/coord b']],
    ['pre that code closes', ['<pre><code>', hidden, '', '</code></pre>', '/coord b']],
    ['code', ['<code>', hidden, '</code>', '', '/coord b']],
    ['code inside text', ['x <code>', hidden, '</code>', '/coord b']],
    [
      'script and style',
      ['<script>', hidden, '</script>', '<style>', hidden, '</style>', '/coord b'],
    ],
    ['a declaration', ['<!X', hidden, '>', '/coord b']],
    ['an instruction', ['<?x', hidden, '?>', '/coord b']],
    ['character data', ['<![CDATA[', hidden, ']]>', '/coord b']],
    ['an attribute', ['<a title="', hidden, '">x</a>', '/coord b']],
    ['an attribute in a block', ['<div title="', hidden, '">', '/coord b']],
    ['the title of a link', ['[x](/u "', hidden, '")', '/coord b']],
    ['the words of an image', ['![', hidden, '](/u)', '/coord b']],
    ['the label of a link', ['[x][', hidden, ']', '/coord b']],
    ['the definition of a link', ['[x]: /u "', hidden, '"', '/coord b']],
    ['several definitions', ['[x]: /u', '[y]: </u v> (', hidden, ')', '/coord b']],
    ['a definition’s target', ['[x]:', '/coord', '/coord b']],
    ['a footnote', ['[^1]: see', hidden, '', '/coord b']],
  ])('%s', (_name, lines) => {
    expect(textsIn(lines)).toEqual(['b']);
  });

  it.each<[string, string[]]>([
    ['a comment that is never closed', ['<!--', hidden, '', hidden]],
    ['a comment that a block leaves open', ['<div>', '<!--', '</div>', '', hidden, '-->', hidden]],
    ['a tag that a block leaves open', ['<div title="', '', hidden, '">', hidden]],
    ['details that are never closed', ['<details>', '', hidden]],
    ['details closed only in code', ['<details>', '', '`</details>`', '', hidden]],
    ['details closed only in a comment', ['<details>', '<!-- </details> -->', '', hidden]],
    ['details closed only in an attribute', ['<details><a title="</details>">', '', hidden]],
    ['details closed only behind a bracket', ['<details><a title="></details>">', '', hidden]],
    ['a comment behind what HTML ends earlier', ['x <?y> <!-- ?>', hidden, '', hidden]],
    ['details closed by no tag', ['<details>', '', '</details\u00a0>', '', hidden]],
    ['details behind what HTML ends earlier', ['x <!-- --!><details> -->', hidden]],
  ])('%s', (_name, lines) => {
    expect(textsIn(lines)).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['a comment opened in code', ['x `<!--` y', '/coord b']],
    ['a comment that its paragraph does not close', ['x <!-- y', '', '/coord b']],
    ['details in code', ['x `<details>` y', '/coord b', '', '```', '<details>', '```']],
    ['details that are escaped', ['x \\<details> y', '/coord b']],
    ['a closer without an opener', ['</details>', '/coord b']],
    ['something with a similar name', ['<detailsx>', '', '/coord b']],
    ['a bracket', ['a < b', '/coord b', 'c > d']],
    ['a definition that is none', ['[note]: see below', '/coord b']],
    ['a link on one line', ['[x](/u "t") and ![y](z)', '/coord b']],
    ['a bracket that stays open', ['[x and ![y', '/coord b']],
  ])('is not behind %s', (_name, lines) => {
    expect(textsIn(lines)).toEqual(['b']);
  });
});

describe('any comment', () => {
  const shown = fc.constantFrom(
    ['/coord seen'],
    ['text', '/coord seen', 'more'],
    ['- item', '/coord seen'],
    ['<div>', '/coord seen', '</div>'],
    ['# Title', '/coord seen'],
  );
  const unseen = fc.constantFrom(
    ['```', hidden, '', hidden, '```'],
    ['~~~~', '~~~', hidden, '~~~~'],
    ['> quoted', hidden],
    ['<details>', '', hidden, '', '</details>'],
    ['<!--', hidden, '', '-->'],
    ['<pre>', hidden, '', '</pre>'],
    ['- ```', '  /coord hidden', '  ```'],
    ['x `', hidden, '`'],
    ['[a]: /b "', hidden, '"'],
    ['    /coord hidden'],
    ['plain text', 'on two lines'],
  );

  it('of such blocks holds the commands that are seen, in any order and with any line ends', () => {
    const block = fc.oneof(shown, unseen);
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), ends, (blocks, end) => {
        const body = blocks.map((lines) => lines.join(end)).join(end + end);
        const expected = blocks.flat().filter((line) => line === '/coord seen');
        expect(textsIn(body)).toEqual(expected.map(() => 'seen'));
      }),
    );
  });

  it('gives commands or a usage error, whatever it is made of', () => {
    const piece = fc.constantFrom(
      ...['/coord a', '\n', '\n\n', '```', '~~~', '`', '<!--', '-->', '<details>', '</details>'],
      ...[
        '<pre>',
        '</pre>',
        '> ',
        '- ',
        '1. ',
        '    ',
        '\t',
        '[',
        '](',
        '"',
        ')',
        '[a]: ',
        '<',
        '>',
      ],
      ...['<a b="', '\\', '\u00a0', '\u202e', '\r', 'x', '#', '---', '<table>', '<?', '<![CDATA['],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const body = pieces.join('');
        try {
          const lines = body.split(/\r\n|\r|\n/);
          for (const { line } of findCommands(body)) expect(lines[line - 1]).toMatch(/\/coord/);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
