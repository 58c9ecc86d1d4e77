/**
 * Field numbers on the wire, per Go package and struct, of everything clients send in protobuf: `name=1`, and
 * `localObjectReference=1>LocalObjectReference` for a struct embedded in JSON, `items=24|list` for a value that is a struct
 * like the one around it or else a list of them (`bool`: or a boolean, `texts`: or a list of strings, `empty`: no value but
 * to be there). In the second door of the room: the only ones
 * who send protobuf are clients outside.
 * @fidelity partial: fields that came with 1.34 to 1.36 are mostly without a number, and skipped
 */
import type { ProtobufNumbers } from '#engine/apimachinery';
import { accessNumbers } from './access-numbers.ts';
import { coreNumbers } from './core-numbers.ts';
import { resourcesNumbers } from './resources-numbers.ts';
import { workloadsNumbers } from './workloads-numbers.ts';

/** What `decodeProtobuf` reads by. */
export const protobufNumbers: ProtobufNumbers = {
  ...coreNumbers,
  ...workloadsNumbers,
  ...accessNumbers,
  ...resourcesNumbers,
};
