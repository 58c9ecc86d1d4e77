/** What every output format is. */
import type { JsonObject } from '../text/json.ts';

/** Prints one object. `typed`: its fields stand in the order of the Go struct, and JSON keeps that order. */
export type ObjectPrinter = (object: JsonObject, typed?: boolean) => string;
