/** Errors that the generator must find, each planted in a copy of the compiled product. */
import { buildFaults } from './faults-of-builds.js';
import { coverFaults } from './faults-of-covers.js';
import { planFaults } from './faults-of-plans.js';
import { scanFaults } from './faults-of-scans.js';

/** A text of the compiled product that stands there once, and a wrong one in its place. */
export interface Change {
  /** Below `dist/`. */
  readonly file: string;
  readonly text: string;
  readonly wrong: string;
}

export interface PlantedFault extends Change {
  readonly name: string;
  readonly besides?: readonly Change[];
  /** It shows in stores that the wrong product built. */
  readonly builds?: boolean;
  /** What a query, as JSON, must say for it to show; default anything. */
  readonly asked?: RegExp;
  /** What answers where it shows; default what its file has a part in. */
  readonly modes?: readonly string[];
}

export const plantedFaults: readonly PlantedFault[] = [
  ...planFaults,
  ...coverFaults,
  ...scanFaults,
  ...buildFaults,
];
