// Command ids: UUIDv7, made by the sender, sortable by time, unique without asking anybody.

const HEX = 16;
const RANDOM_BYTES = 10;

/** How many random bytes an id takes. */
export const idRandomBytes = RANDOM_BYTES;

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export function isId(text: string): boolean {
  return idPattern.test(text);
}

/** A UUIDv7 (RFC 9562) from milliseconds since 1970 and ten random bytes. */
export function uuidv7(unixMs: number, random: Uint8Array): string {
  const time = Math.floor(unixMs).toString(HEX).padStart(12, '0').slice(-12);
  const bytes = Array.from(random.subarray(0, RANDOM_BYTES));
  bytes[0] = 0x70 | ((bytes[0] ?? 0) & 0x0f);
  bytes[2] = 0x80 | ((bytes[2] ?? 0) & 0x3f);
  const rest = bytes.map((byte) => byte.toString(HEX).padStart(2, '0')).join('');
  const [versioned, variant, node] = [rest.slice(0, 4), rest.slice(4, 8), rest.slice(8)];
  return `${time.slice(0, 8)}-${time.slice(8)}-${versioned}-${variant}-${node}`;
}
