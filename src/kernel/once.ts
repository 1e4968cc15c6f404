// A value that is made when it is first needed.

/** Gives what `make` gives, which is called once; what it throws, each caller gets. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
