// A projection for many readers at once: webhooks are handled side by side, and each must see what was written before it asked.
import type { Fold } from '../../engine/fold.ts';
import type { Projection } from '../../engine/project.ts';

/**
 * Loads one after another. Who asks while a load is under way shares the next one, because the running one may have
 * read the head before the asker's own write. The fold changes between awaits, as every projection's does.
 */
export function sharedProjection(projection: Projection): Projection {
  let running: Promise<Fold> | null = null;
  let next: Promise<Fold> | null = null;

  function start(): Promise<Fold> {
    next = null;
    const load = projection.load().finally(() => {
      if (running === load) running = null;
    });
    running = load;
    return load;
  }

  return {
    load: () => {
      if (running === null) return start();
      return (next ??= running.then(start, start));
    },
    forget: () => projection.forget(),
  };
}
