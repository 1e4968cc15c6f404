// The verifier's own list of what permits something, in words: who reads it looks for a vouch.

export type Fields = Readonly<Record<string, unknown>>;

/** A record as it was found; only a line that has these fields is looked at, others are told elsewhere. */
export interface Spoken {
  readonly id: string;
  readonly log: string;
  readonly op: string;
  readonly actor: string;
  readonly hlc: string;
  readonly at: string;
  readonly seq: number;
  readonly notAfter?: string;
  readonly capability?: unknown;
  readonly sig?: string;
  readonly auth: { readonly by: string };
  readonly input: Fields;
  readonly events: readonly { readonly type: string; readonly data: Fields }[];
}

type Words = (data: Fields, record: Spoken) => string | null;

function word(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : 'nothing';
}

const endsLock =
  (how: string): Words =>
  ({ holder, scope }, { actor }) =>
    actor === holder ? null : `It ${how} the lock of ${word(holder)} on ${word(scope)}`;

const permits: Readonly<Record<string, Words>> = {
  'plan.phase-started': ({ phase }) => `It starts the phase ${word(phase)}`,
  'plan.phase-completed': ({ phase }) => `It completes the phase ${word(phase)}`,
  'plan.granted': ({ agent, glob }) => `It grants ${word(glob)} to ${word(agent)}`,
  'lock.released': endsLock('releases'),
  'lock.expired': (data, { op, actor }) =>
    // Whoever takes a lapsed lock says that it lapsed; nobody else has a reason to.
    op === 'lock.acquire' ? null : endsLock('ends')(data, { actor } as Spoken),
  'key.added': ({ agent }) => `It adds a key of ${word(agent)}`,
  'key.rotated': ({ agent }) => `It rotates a key of ${word(agent)}`,
  'agent.joined': ({ name, tier }, { actor }) =>
    name === actor && tier !== 'executive' ? null : `It lets ${word(name)} join as ${word(tier)}`,
};

/** What the events of a record permit, a beginning of a sentence each. */
export function permitsIn(record: Spoken): string[] {
  return record.events.flatMap((event) => {
    const { type, data } = event as { readonly type?: unknown; readonly data?: unknown };
    const isReadable = typeof data === 'object' && data !== null;
    const words = typeof type === 'string' && Object.hasOwn(permits, type) ? permits[type] : null;
    const said = isReadable && words ? words(data as Fields, record) : null;
    return said === null ? [] : [said];
  });
}

const endingLocks = ['lock.release', 'lock.acquire', 'agent.leave', 'agent.join'];

/** Which operations bring about what permits; of nothing else a signature is the word. */
const origins: Readonly<Record<string, readonly string[]>> = {
  'plan.phase-started': ['plan.start'],
  'plan.phase-completed': ['plan.complete'],
  'plan.granted': ['plan.grant'],
  'key.added': ['key.add'],
  'key.rotated': ['key.rotate'],
  'key.revoked': ['key.revoke'],
  'agent.joined': ['agent.join'],
  'lock.released': endingLocks,
  'lock.expired': endingLocks,
  'epoch.rolled': ['epoch.roll'],
};

/** Where the input names what the event is about, both must say the same. */
const echoed: readonly string[] = ['phase', 'glob', 'agent', 'key', 'from', 'to', 'previous'];

function contradiction({ input }: Spoken, data: Fields): string | undefined {
  return echoed.find(
    (field) => Object.hasOwn(data, field) && (input[field] ?? data[field]) !== data[field],
  );
}

/** What events of a record cannot have come of its operation and input, a sentence each. */
export function strangersIn(record: Spoken): string[] {
  return record.events.flatMap(({ type, data }) => {
    const from = Object.hasOwn(origins, type) ? origins[type] : undefined;
    if (from === undefined) return [];
    const isTasks = type.startsWith('lock.') && record.op.startsWith('task.');
    if (!isTasks && !from.includes(record.op)) return [`${type} does not come of ${record.op}.`];
    const field = type.startsWith('lock.') ? undefined : contradiction(record, data);
    return field === undefined ? [] : [`${type} says another \`${field}\` than was asked for.`];
  });
}
