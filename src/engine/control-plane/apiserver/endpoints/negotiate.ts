/**
 * What the client wants to read: media type, and whether as itself, as a Table or as metadata alone.
 * @upstream staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go
 */
import { statusErrors } from '#engine/apimachinery';
import { notAcceptableRoute } from './plain-error.ts';

const JSON_TYPE = 'application/json';
export const YAML_TYPE = 'application/yaml';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const KNOWN = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE] as const;
const WATCH_TYPES = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE, `${JSON_TYPE};stream=watch`, `${PROTOBUF_TYPE};stream=watch`];
const WILDCARDS = new Set(['*/*', 'application/*']);

/** The form of an answer. */
export interface Negotiated {
  readonly mediaType: typeof JSON_TYPE | typeof YAML_TYPE;
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** The version of meta.k8s.io for `as`. */
  readonly version?: 'v1' | 'v1beta1';
}

interface Clause {
  readonly type: string;
  readonly params: { readonly [name: string]: string };
  readonly q: number;
}

const PLAIN: Negotiated = Object.freeze({ mediaType: JSON_TYPE });

function parseAccept(header: string): readonly Clause[] {
  const clauses = header.split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const params: { [name: string]: string } = {};
    for (const param of rest) {
      const equals = param.indexOf('=');
      if (equals > 0) params[param.slice(0, equals)] = param.slice(equals + 1).replace(/^"|"$/g, '');
    }
    return { type: type.toLowerCase(), params, q: params.q === undefined ? 1 : Number(params.q) };
  });
  return clauses.filter((clause) => clause.type !== '').sort((a, b) => b.q - a.q);
}

/** One object was asked for as a list, or the other way round. `type` is Go's name of what there is. */
export const notAList = (as: string, isList: boolean, type: string) =>
  statusErrors.notAcceptable(
    `you requested ${as}, but the requested object is ${isList ? 'a list' : 'not a list'} (*${type})`,
  );

/** Throws 406. `transforms`: whether Table and partial metadata may be asked for. */
export function negotiate(
  accept: string | undefined,
  options: { readonly transforms: boolean; readonly watch?: boolean },
): Negotiated {
  if (accept === undefined || accept === '' || accept === JSON_TYPE || accept === '*/*') return PLAIN;
  const clauses = parseAccept(accept);
  const served = options.watch ? WATCH_TYPES : KNOWN;
  const anyKnown = clauses.some(({ type }) => WILDCARDS.has(type) || (KNOWN as readonly string[]).includes(type));
  if (!anyKnown) throw notAcceptableRoute(served);
  for (const { type, params } of clauses) {
    const mediaType = WILDCARDS.has(type) ? JSON_TYPE : type;
    if (mediaType !== JSON_TYPE && mediaType !== YAML_TYPE) continue;
    const as = params.as;
    if (as === undefined) return mediaType === JSON_TYPE ? PLAIN : { mediaType };
    const version = params.v;
    const known = as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList';
    if (!options.transforms || !known || params.g !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1'))
      continue;
    return { mediaType, as, version };
  }
  throw statusErrors.notAcceptable(`only the following media types are accepted: ${KNOWN.join(', ')}`);
}
