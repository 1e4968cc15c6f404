// Plain JSON values and the deep merge that lays our state over a documented example.

export type JsonObject = Record<string, unknown>;

/** True for objects that are neither arrays nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays `over` on `base`: objects merge key by key, everything else (arrays too) replaces.
 * A key whose value is `undefined` is removed, so that an example's content never leaks through.
 */
export function overlay(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const merged: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = overlay(base[key], value);
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** The same, when both are known to be objects. */
export function overlayObject(base: unknown, over: JsonObject): JsonObject {
  return overlay(isObject(base) ? base : {}, over) as JsonObject;
}
