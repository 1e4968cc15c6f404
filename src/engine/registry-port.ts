// What the engine takes from the registry, so that it knows operations only as data.
import type { AnyEvolution } from '../kernel/decider.ts';
import type { Operation } from '../kernel/operation.ts';

export interface Registry {
  readonly operations: readonly Operation[];
}

/** Every concept that an operation of the registry reads or changes, each once, in order of first use. */
export function evolutionsOf(registry: Registry): AnyEvolution[] {
  const found = new Map<string, AnyEvolution>();
  for (const operation of registry.operations) {
    for (const evolution of Object.values(operation.on)) found.set(evolution.name, evolution);
  }
  return [...found.values()];
}

/** The operation of that name; undefined where this version has none. */
export function operationNamed(registry: Registry, name: string): Operation | undefined {
  return registry.operations.find((operation) => operation.name === name);
}
