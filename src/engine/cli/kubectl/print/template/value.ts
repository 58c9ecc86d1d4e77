/** What a template computes with: a JSON value, or nothing. */
import type { Json } from '../../text/json.ts';

export type Value = Json | undefined;
