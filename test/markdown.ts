// What the tests of the documents need of Markdown: fences, links, headings, inline code.

export interface Fence {
  readonly language: string;
  readonly text: string;
  /** 1-based line of its first line of text. */
  readonly line: number;
}

const fencePattern = /^( *)(`{3,})(\w*)\n([^]*?)^\1\2$/gm;

/** The fenced blocks of a page, without the indentation of a list that they stand in. */
export function fencesOf(page: string): Fence[] {
  return [...page.matchAll(fencePattern)].map((match) => {
    const [, indent = '', , language = '', text = ''] = match;
    const line = page.slice(0, match.index).split('\n').length + 1;
    return { language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), line };
  });
}

/** The page without its fences, in which links and code mean nothing. */
function prose(page: string): string {
  return page.replaceAll(fencePattern, '');
}

/** Targets of inline links. */
export function linksOf(page: string): string[] {
  const plain = prose(page).replaceAll(/`[^`\n]*`/g, '');
  return [...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Texts of code spans. */
export function codeOf(page: string): string[] {
  return [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The anchors that GitHub gives a page's headings. */
export function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
