/**
 * Every function and its overloads: cel-go's standard ones, the strings, sets, optional and two-variable extensions, and Kubernetes' libraries.
 * @upstream cel-go common/stdlib/standard.go, ext; staging/src/k8s.io/apiserver/pkg/cel/library, environment/base.go
 */
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listType,
  mapType,
  NULL,
  opaqueType,
  optionalType,
  STRING,
  TIMESTAMP,
  UINT,
} from './types.ts';

/** One way to call a function. */
export interface Overload {
  /** The first parameter is what stands before the dot. */
  readonly isMember: boolean;
  readonly params: readonly CelType[];
  readonly result: CelType;
}

const each = (name: string, types: string, form: (type: string) => string): string =>
  `${name} ${types.split(' ').map(form).join(' ')}`;

const ORDERED = 'bool int uint double string bytes timestamp duration';
const comparison = (name: string): string =>
  `${each(name, ORDERED, (t) => `${t},${t}->bool`)} int,uint->bool int,double->bool uint,int->bool uint,double->bool double,int->bool double,uint->bool`;
const getter = (name: string, alsoDuration = false): string =>
  `${name} .timestamp->int .timestamp,string->int${alsoDuration ? ' .duration->int' : ''}`;
const members = (names: string, signature: string): string =>
  names
    .split(' ')
    .map((name) => `${name} ${signature}`)
    .join('\n');

/** `name overload…`; a leading dot marks members, single capitals are type parameters. */
const STANDARD = `
_?_:_ bool,A,A->A
_&&_ bool,bool->bool
_||_ bool,bool->bool
!_ bool->bool
@not_strictly_false bool->bool
_==_ A,A->bool
_!=_ A,A->bool
@in A,list(A)->bool A,map(A,B)->bool
_+_ bytes,bytes->bytes double,double->double duration,duration->duration duration,timestamp->timestamp timestamp,duration->timestamp int,int->int list(A),list(A)->list(A) string,string->string uint,uint->uint
_-_ double,double->double duration,duration->duration int,int->int timestamp,duration->timestamp timestamp,timestamp->duration uint,uint->uint
_*_ double,double->double int,int->int uint,uint->uint
_/_ double,double->double int,int->int uint,uint->uint
_%_ int,int->int uint,uint->uint
-_ double->double int->int
_[_] list(A),int->A map(A,B),A->B optional(list(A)),int->optional(A) optional(map(A,B)),A->optional(B)
_[?_] list(A),int->optional(A) optional(list(A)),int->optional(A) map(A,B),A->optional(B) optional(map(A,B)),A->optional(B)
${['_<_', '_<=_', '_>_', '_>=_'].map(comparison).join('\n')}
size bytes->int list(A)->int map(A,B)->int string->int .bytes->int .list(A)->int .map(A,B)->int .string->int
bool bool->bool string->bool
bytes bytes->bytes string->bytes
double double->double int->double string->double uint->double
duration duration->duration int->duration string->duration
dyn A->dyn
int int->int double->int duration->int string->int timestamp->int uint->int
string bool->string bytes->string double->string duration->string int->string string->string timestamp->string uint->string IP->string CIDR->string
timestamp int->timestamp string->timestamp timestamp->timestamp
type A->type(A)
uint double->uint int->uint string->uint uint->uint
contains .string,string->bool
endsWith .string,string->bool
startsWith .string,string->bool
matches string,string->bool .string,string->bool
${members('getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek', '.timestamp->int .timestamp,string->int')}
${getter('getHours', true)}
${getter('getMinutes', true)}
${getter('getSeconds', true)}
${getter('getMilliseconds', true)}
optional.of A->optional(A)
optional.ofNonZeroValue A->optional(A)
optional.none ->optional(A)
optional.unwrap list(optional(A))->list(A)
unwrapOpt .list(optional(A))->list(A)
value .optional(A)->A
hasValue .optional(A)->bool
or .optional(A),optional(A)->optional(A)
orValue .optional(A),A->A
first .list(A)->optional(A)
last .list(A)->optional(A)
cel.@mapInsert map(A,B),A,B->map(A,B) map(A,B),map(A,B)->map(A,B)
charAt .string,int->string
indexOf .string,string->int .string,string,int->int .list(A),A->int
lastIndexOf .string,string->int .string,string,int->int .list(A),A->int
lowerAscii .string->string
upperAscii .string->string
replace .string,string,string->string .string,string,string,int->string
split .string,string->list(string) .string,string,int->list(string)
substring .string,int->string .string,int,int->string
trim .string->string
format .string,list(dyn)->string
join .list(string)->string .list(string),string->string
strings.quote string->string
sets.contains list(A),list(A)->bool
sets.equivalent list(A),list(A)->bool
sets.intersects list(A),list(A)->bool
`;

const KUBERNETES = `
url string->URL
isURL string->bool
${members('getScheme getHost getHostname getPort getEscapedPath', '.URL->string')}
getQuery .URL->map(string,list(string))
find .string,string->string
findAll .string,string->list(string) .string,string,int->list(string)
${each('isSorted', 'int uint double bool duration timestamp string bytes', (t) => `.list(${t})->bool`)}
${each('sum', 'int uint double duration', (t) => `.list(${t})->${t}`)}
${each('min', 'int uint double bool duration timestamp string bytes', (t) => `.list(${t})->${t}`)}
${each('max', 'int uint double bool duration timestamp string bytes', (t) => `.list(${t})->${t}`)}
quantity string->Quantity
isQuantity string->bool
isInteger .Quantity->bool
asInteger .Quantity->int
asApproximateFloat .Quantity->double
sign .Quantity->int
add .Quantity,Quantity->Quantity .Quantity,int->Quantity
sub .Quantity,Quantity->Quantity .Quantity,int->Quantity
isLessThan .Quantity,Quantity->bool .Semver,Semver->bool
isGreaterThan .Quantity,Quantity->bool .Semver,Semver->bool
compareTo .Quantity,Quantity->int .Semver,Semver->int
semver string->Semver string,bool->Semver
isSemver string->bool string,bool->bool
${members('major minor patch', '.Semver->int')}
ip string->IP .CIDR->IP
isIP string->bool
ip.isCanonical string->bool
family .IP->int
${members('isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast', '.IP->bool')}
cidr string->CIDR
isCIDR string->bool
containsIP .CIDR,string->bool .CIDR,IP->bool
containsCIDR .CIDR,string->bool .CIDR,CIDR->bool
masked .CIDR->CIDR
prefixLength .CIDR->int
format.named string->optional(Format)
${members('format.dns1123Label format.dns1123Subdomain format.dns1035Label format.qualifiedName format.dns1123LabelPrefix format.dns1123SubdomainPrefix format.dns1035LabelPrefix format.labelValue format.uri format.uuid format.byte format.date format.datetime', '->Format')}
validate .Format,string->optional(list(string))
path .Authorizer,string->PathCheck
group .Authorizer,string->GroupCheck
serviceAccount .Authorizer,string,string->Authorizer
resource .GroupCheck,string->ResourceCheck
subresource .ResourceCheck,string->ResourceCheck
namespace .ResourceCheck,string->ResourceCheck
name .ResourceCheck,string->ResourceCheck
fieldSelector .ResourceCheck,string->ResourceCheck
labelSelector .ResourceCheck,string->ResourceCheck
check .PathCheck,string->Decision .ResourceCheck,string->Decision
errored .Decision->bool
error .Decision->string
allowed .Decision->bool
reason .Decision->string
jsonpatch.escapeKey string->string
`;

/** Names that types have in the signatures above. */
const NAMED: { readonly [name: string]: CelType } = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null: NULL,
  dyn: DYN,
  timestamp: TIMESTAMP,
  duration: DURATION,
  URL: opaqueType('kubernetes.URL'),
  Quantity: opaqueType('kubernetes.Quantity'),
  Semver: opaqueType('kubernetes.Semver'),
  IP: opaqueType('net.IP'),
  CIDR: opaqueType('net.CIDR'),
  Format: opaqueType('kubernetes.NamedFormat'),
  Authorizer: opaqueType('kubernetes.authorization.Authorizer'),
  PathCheck: opaqueType('kubernetes.authorization.PathCheck'),
  GroupCheck: opaqueType('kubernetes.authorization.GroupCheck'),
  ResourceCheck: opaqueType('kubernetes.authorization.ResourceCheck'),
  Decision: opaqueType('kubernetes.authorization.Decision'),
};

/** The type of quantities. */
export const QUANTITY_TYPE: CelType = NAMED.Quantity as CelType;
/** The type of the variable `authorizer`. */
export const AUTHORIZER_TYPE: CelType = NAMED.Authorizer as CelType;
/** The type of the variable `authorizer.requestResource`. */
export const RESOURCE_CHECK_TYPE: CelType = NAMED.ResourceCheck as CelType;

/** Cuts at commas outside of parentheses. */
function splitTypes(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if ((character === ',' && depth === 0) || character === undefined) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

function typeOf(text: string): CelType {
  const [, name = '', inner] = /^([A-Za-z]+)(?:\((.*)\))?$/.exec(text) ?? [];
  if (inner === undefined) return NAMED[name] ?? { kind: 'param', name };
  const params = splitTypes(inner).map(typeOf);
  const [first = DYN, second = DYN] = params;
  if (name === 'list') return listType(first);
  if (name === 'map') return mapType(first, second);
  if (name === 'type') return { kind: 'type', of: first };
  return optionalType(first);
}

function overloadOf(text: string): Overload {
  const isMember = text.startsWith('.');
  const [params = '', result = ''] = text.slice(isMember ? 1 : 0).split('->');
  return { isMember, params: splitTypes(params).map(typeOf), result: typeOf(result) };
}

/** Overloads by name. Read when the first expression is compiled. */
export const declarations: () => ReadonlyMap<string, readonly Overload[]> = (() => {
  let table: ReadonlyMap<string, readonly Overload[]> | undefined;
  return () => {
    table ??= readTable();
    return table;
  };
})();

function readTable(): ReadonlyMap<string, readonly Overload[]> {
  const table = new Map<string, Overload[]>();
  for (const line of `${STANDARD}${KUBERNETES}`.split('\n')) {
    const [name = '', ...signatures] = line.split(' ');
    if (name === '') continue;
    const overloads = table.get(name) ?? [];
    overloads.push(...signatures.map(overloadOf));
    table.set(name, overloads);
  }
  return table;
}

/** Types that expressions can name: `type(x) == int`. */
export const TYPE_NAMES: { readonly [name: string]: CelType } = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
  null_type: NULL,
  list: listType(DYN),
  map: mapType(DYN, DYN),
  type: { kind: 'type', of: DYN },
  optional_type: optionalType(DYN),
  'google.protobuf.Timestamp': TIMESTAMP,
  'google.protobuf.Duration': DURATION,
  'kubernetes.URL': NAMED.URL as CelType,
  'kubernetes.Quantity': NAMED.Quantity as CelType,
  'kubernetes.Semver': NAMED.Semver as CelType,
  'kubernetes.NamedFormat': NAMED.Format as CelType,
  'net.IP': NAMED.IP as CelType,
  'net.CIDR': NAMED.CIDR as CelType,
};
