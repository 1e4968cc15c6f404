// Writes one and the same coverage as each format of report has it.

export interface Measured {
  readonly lines: readonly (readonly [line: number, hits: number])[];
  readonly functions?: readonly {
    readonly name: string;
    readonly line: number;
    readonly hits: number;
  }[];
}

export type Report = Readonly<Record<string, Measured>>;

function lcov(report: Report, withFunctions: (file: Measured) => readonly string[]): string {
  const records = Object.entries(report).flatMap(([path, file]) => [
    `TN:\nSF:${path}`,
    ...withFunctions(file),
    ...file.lines.map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${file.lines.length}\nend_of_record`,
  ]);
  return `${records.join('\n')}\n`;
}

function functionsOf(file: Measured): NonNullable<Measured['functions']> {
  return file.functions ?? [];
}

function istanbul(report: Report): string {
  const files = Object.entries(report).map(([path, file]) => {
    const place = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 9 } });
    const functions = functionsOf(file);
    return [
      path,
      {
        path,
        statementMap: Object.fromEntries(file.lines.map(([line], index) => [index, place(line)])),
        s: Object.fromEntries(file.lines.map(([, hits], index) => [index, hits])),
        fnMap: Object.fromEntries(
          functions.map(({ name, line }, index) => [index, { name, decl: place(line) }]),
        ),
        f: Object.fromEntries(functions.map(({ hits }, index) => [index, hits])),
        ...{ branchMap: {}, b: {} },
      },
    ];
  });
  return JSON.stringify(Object.fromEntries(files));
}

function cobertura(report: Report): string {
  const line = (number: number, hits: number) => `<line number="${number}" hits="${hits}"/>`;
  const classes = Object.entries(report).map(([path, file]) => {
    const methods = functionsOf(file).map(
      (one) =>
        `<method name="${one.name}" hits="${one.hits}" signature="()V"><lines>${line(one.line, one.hits)}</lines></method>`,
    );
    // A method's first line is measured there as well, so it stands in the class too.
    const lines = file.lines.map(([number, hits]) => line(number, hits));
    return `<class name="c" filename="${path}" line-rate="1"><methods>${methods.join('')}</methods><lines>${lines.join('')}</lines></class>`;
  });
  return `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="1" version="1.9" timestamp="1"><sources><source>/ci/build</source></sources>
<packages><package name="p"><classes>${classes.join('\n')}</classes></package></packages></coverage>`;
}

/** All files of a folder in one package; JaCoCo has neither counts nor paths. */
function jacoco(report: Report): string {
  const packages = Object.entries(report).map(([path, file]) => {
    const cut = path.lastIndexOf('/');
    const name = path.slice(cut + 1);
    const methods = functionsOf(file).map(
      (one) =>
        `<method name="${one.name}" desc="()V" line="${one.line}"><counter type="LINE" missed="9" covered="9"/><counter type="METHOD" missed="${one.hits > 0 ? 0 : 1}" covered="${one.hits > 0 ? 1 : 0}"/></method>`,
    );
    const lines = file.lines.map(
      ([line, hits]) =>
        `<line nr="${line}" mi="${hits > 0 ? 0 : 3}" ci="${hits > 0 ? 3 : 0}" mb="0" cb="0"/>`,
    );
    return `<package name="${path.slice(0, Math.max(cut, 0))}"><class name="x" sourcefilename="${name}">${methods.join('')}</class><sourcefile name="${name}">${lines.join('')}</sourcefile></package>`;
  });
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="demo"><sessioninfo id="ci" start="1" dump="2"/>${packages.join('\n')}</report>`;
}

/** Writers by the name of the format. */
export const writers = {
  lcov1: (report: Report) =>
    lcov(report, (file) =>
      functionsOf(file).flatMap(({ name, line, hits }) => [
        `FN:${line},${name}`,
        `FNDA:${hits},${name}`,
      ]),
    ),
  lcov2: (report: Report) =>
    lcov(report, (file) =>
      functionsOf(file).flatMap(({ name, line, hits }, index) => [
        `FNL:${index},${line}`,
        `FNA:${index},${hits},${name}`,
      ]),
    ),
  istanbul,
  cobertura,
  jacoco,
} as const satisfies Readonly<Record<string, (report: Report) => string>>;

export type Format = keyof typeof writers;
