/**
 * What a Service takes from the cluster's ranges when it is written, and gives back when it goes.
 * @upstream pkg/registry/core/service/storage/alloc.go and storage.go
 * @fidelity partial: IPv4 only
 */
import type { Service, ServicePort, ServiceSpec } from '#engine/api';
import { fieldErrors, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { Etcd } from '#engine/control-plane/etcd';
import type { World } from '#engine/sim';
import type { Stores } from '../endpoints/endpoint.ts';
import {
  isHeadless,
  needsHealthCheck,
  needsNodePorts,
  normalizeClusterIps,
} from '../registry/core/service-defaults.ts';
import type { StoreHooks } from '../registry/generic/store-types.ts';
import { AddressRanges, addressNumber, addressText } from './address-ranges.ts';
import type { AddressRecords } from './address-records.ts';
import { type AllocationRefusal, RangeAllocator, reservedOf } from './allocator.ts';
import { withIpFamilies } from './ip-families.ts';

export interface ServiceRanges {
  /** `10.96.0.0/16` */
  readonly clusterIpRange: string;
  readonly nodePorts: { readonly first: number; readonly last: number };
}

export interface ServiceAllocation {
  readonly hooks: StoreHooks<KubeObject>;
  /** The address of the `kubernetes` Service: the first of the range. */
  readonly firstAddress: string;
  /** Takes what stored Services hold: after a restart. */
  adopt(service: Service): void;
  /** From now on addresses are recorded, and come from further ServiceCIDRs too. */
  follow(records: AddressRecords, stores: Stores, etcd: Etcd, signal: AbortSignal | undefined): void;
}

/** Steps that are undone together. */
class Transaction {
  constructor(readonly dryRun: boolean) {}

  private readonly undoSteps: (() => void)[] = [];
  private readonly doneSteps: (() => void)[] = [];
  private readonly commitSteps: (() => void)[] = [];

  onUndo(step: () => void): void {
    this.undoSteps.push(step);
  }

  onDone(step: () => void): void {
    this.doneSteps.push(step);
  }

  onCommit(step: () => void): void {
    this.commitSteps.push(step);
  }

  commit(): void {
    for (const step of this.commitSteps.splice(0)) step();
  }

  undo(): void {
    for (const step of this.undoSteps.splice(0).reverse()) step();
  }

  done(): void {
    for (const step of this.doneSteps.splice(0)) step();
  }
}

const REFUSALS: { readonly [kind in AllocationRefusal]: string } = {
  outside: 'the provided network does not match the current range',
  taken: 'provided IP is already allocated',
};
const KIND = { group: '', kind: 'Service' };

const needsClusterIp = (spec: ServiceSpec) => spec.type !== 'ExternalName' && !isHeadless(spec);

export function createServiceAllocation(world: World, { clusterIpRange, nodePorts }: ServiceRanges): ServiceAllocation {
  const rng = world.rng.fork('apiserver/service-allocation');
  const addresses = new AddressRanges(clusterIpRange, rng);
  const portCount = nodePorts.last - nodePorts.first + 1;
  const ports = new RangeAllocator(
    nodePorts.first,
    nodePorts.last,
    reservedOf(portCount, 32, 16, 128),
    rng.fork('ports'),
  );
  const allocation = new Allocation(addresses, ports);
  return {
    firstAddress: addresses.first,
    hooks: allocation.hooks as unknown as StoreHooks<KubeObject>,
    adopt: (service) => allocation.adopt(service),
    follow(records, ...surroundings) {
      allocation.records = records;
      addresses.follow(...surroundings);
    },
  };
}

class Allocation {
  constructor(
    private readonly addresses: AddressRanges,
    private readonly ports: RangeAllocator,
  ) {}

  records: AddressRecords | undefined;

  readonly hooks: StoreHooks<Service> = {
    beginCreate: (object, { dryRun }) => {
      const transaction = new Transaction(dryRun);
      return this.guarded(transaction, () => this.create(normalizeClusterIps(object, undefined), transaction));
    },
    beginUpdate: (next, current, { dryRun }) => {
      const transaction = new Transaction(dryRun);
      return this.guarded(transaction, () => this.update(next, current, transaction));
    },
    afterDelete: (service) => {
      this.releaseAddresses(service.spec);
      this.releasePorts(nodePortsOf(service.spec));
    },
  };

  adopt({ spec }: Service): void {
    for (const number of this.addressesOf(spec)) this.addresses.adopt(number);
    for (const port of nodePortsOf(spec)) this.ports.take(port);
  }

  private guarded(transaction: Transaction, run: () => Service) {
    try {
      const object = run();
      return {
        object,
        commit: () => transaction.commit(),
        undo: () => transaction.undo(),
        done: () => transaction.done(),
      };
    } catch (error) {
      transaction.undo();
      throw error;
    }
  }

  private create(service: Service, transaction: Transaction): Service {
    const withFamilies = withIpFamilies(service, undefined);
    const addressed = needsClusterIp(withFamilies.spec) ? this.withAddress(withFamilies, transaction) : withFamilies;
    const spec = wantsNodePorts(addressed.spec) ? this.withNodePorts(addressed, transaction) : addressed.spec;
    return { ...addressed, spec: needsHealthCheck(spec) ? this.withHealthPort(spec, transaction) : spec };
  }

  private update(wanted: Service, current: Service, transaction: Transaction): Service {
    const next = withIpFamilies(wanted, current);
    const before = current.spec;
    let object = next;
    if (needsClusterIp(next.spec) && !needsClusterIp(before)) object = this.withAddress(next, transaction);
    else if (needsClusterIp(before) && next.spec.type === 'ExternalName') {
      transaction.onDone(() => this.releaseAddresses(before));
    }
    if (wantsNodePorts(next.spec)) object = { ...object, spec: this.withUpdatedNodePorts(object, before, transaction) };
    else transaction.onDone(() => this.releasePorts(portNumbers(before)));
    const { spec } = object;
    if (needsHealthCheck(spec) && !needsHealthCheck(before))
      return { ...object, spec: this.withHealthPort(spec, transaction) };
    const freed = needsHealthCheck(before) && !needsHealthCheck(spec) ? before.healthCheckNodePort : undefined;
    if (freed) transaction.onDone(() => this.ports.release(freed));
    return object;
  }

  /** The Service with the address it asked for, or one of ours. */
  private withAddress(service: Service, transaction: Transaction): Service {
    const { clusterIP } = service.spec;
    if (!clusterIP) {
      const number = this.takeNextAddress();
      if (number === undefined) throw statusErrors.internal('failed to allocate a serviceIP: range is full');
      transaction.onUndo(() => this.addresses.release(number));
      const text = addressText(number);
      this.recordAddress(text, service, transaction);
      return { ...service, spec: { ...service.spec, clusterIP: text, clusterIPs: [text] } };
    }
    const number = addressNumber(clusterIP);
    const refusal = number === undefined ? 'outside' : this.takeAddress(number, clusterIP, transaction.dryRun);
    if (refusal !== undefined || number === undefined) {
      const why = `failed to allocate IP ${clusterIP}: ${REFUSALS[refusal ?? 'outside']}`;
      throw statusErrors.invalid(KIND, service.metadata.name, [
        fieldErrors.invalid('spec.clusterIPs', service.spec.clusterIPs, why),
      ]);
    }
    if (!transaction.dryRun) transaction.onUndo(() => this.addresses.release(number));
    this.recordAddress(clusterIP, service, transaction);
    return service;
  }

  /** A free number whose address nobody else has recorded either. */
  private takeNextAddress(): number | undefined {
    for (;;) {
      const number = this.addresses.takeNext();
      // What is held by an IPAddress of somebody's own stays taken.
      if (number === undefined || !this.records?.holds(addressText(number))) return number;
    }
  }

  private takeAddress(number: number, text: string, dryRun: boolean): AllocationRefusal | undefined {
    if (!dryRun && this.records?.holds(text)) return 'taken';
    return this.addresses.take(number, dryRun);
  }

  /** Upstream records it at once and takes it back when the Service is refused; here a refusal writes nothing. */
  private recordAddress(text: string, { metadata }: Service, transaction: Transaction): void {
    transaction.onCommit(() => {
      if (this.records && !this.records.record(text, metadata)) {
        throw statusErrors.internal(`failed to allocate IP ${text}: ${REFUSALS.taken}`);
      }
      transaction.onUndo(() => this.records?.forget(text));
    });
  }

  /** Ports of the same number share a node port, whatever their protocols. */
  private withNodePorts({ spec, metadata }: Service, transaction: Transaction): ServiceSpec {
    const byPort = new Map<number, number>();
    const automatic = needsNodePorts(spec);
    const ports = (spec.ports ?? []).map((port, i): ServicePort => {
      const own = port.nodePort ?? 0;
      if (own === 0 && !automatic) return port;
      const number = port.port ?? 0;
      const shared = byPort.get(number);
      if (shared === undefined) {
        const wanted = spec.ports?.find((other) => other.port === port.port && other.nodePort)?.nodePort;
        const nodePort = wanted ? this.takePort(wanted, metadata.name, i, transaction) : this.takeAnyPort(transaction);
        byPort.set(number, nodePort);
        return { ...port, nodePort };
      }
      if (own !== 0 && own !== shared) this.takePort(own, metadata.name, i, transaction);
      return own === 0 ? { ...port, nodePort: shared } : port;
    });
    return { ...spec, ports };
  }

  private withUpdatedNodePorts(
    { spec, metadata }: Service,
    before: ServiceSpec,
    transaction: Transaction,
  ): ServiceSpec {
    const held = new Set(portNumbers(before));
    const mine = new Set<number>();
    const ports = (spec.ports ?? []).map((port, i): ServicePort => {
      const wanted = port.nodePort ?? 0;
      if (wanted === 0) return needsNodePorts(spec) ? { ...port, nodePort: this.takeAnyPort(transaction) } : port;
      if (!held.has(wanted) && !mine.has(wanted)) this.takePort(wanted, metadata.name, i, transaction);
      mine.add(wanted);
      return port;
    });
    const kept = new Set(portNumbers({ ...spec, ports }));
    transaction.onDone(() => {
      for (const port of held) if (!kept.has(port)) this.ports.release(port);
    });
    return { ...spec, ports };
  }

  private takePort(port: number, name: string, index: number, transaction: Transaction): number {
    const refusal = this.ports.take(port, transaction.dryRun);
    if (refusal !== undefined) {
      throw statusErrors.invalid(KIND, name, [
        fieldErrors.invalid(`spec.ports[${index}].nodePort`, port, this.portRefusal(refusal)),
      ]);
    }
    if (!transaction.dryRun) transaction.onUndo(() => this.ports.release(port));
    return port;
  }

  private portRefusal(refusal: AllocationRefusal): string {
    if (refusal === 'taken') return 'provided port is already allocated';
    return `provided port is not in the valid range. The range of valid ports is ${this.ports.first}-${this.ports.last}`;
  }

  private takeAnyPort(transaction: Transaction): number {
    const port = this.ports.takeNext();
    if (port === undefined) throw statusErrors.internal('failed to allocate a nodePort: range is full');
    transaction.onUndo(() => this.ports.release(port));
    return port;
  }

  private withHealthPort(spec: ServiceSpec, transaction: Transaction): ServiceSpec {
    const wanted = spec.healthCheckNodePort ?? 0;
    if (wanted === 0) return { ...spec, healthCheckNodePort: this.takeAnyPort(transaction) };
    const refusal = this.ports.take(wanted, transaction.dryRun);
    if (refusal !== undefined) {
      throw statusErrors.internal(
        `failed to allocate requested HealthCheck NodePort ${wanted}: ${this.portRefusal(refusal)}`,
      );
    }
    if (!transaction.dryRun) transaction.onUndo(() => this.ports.release(wanted));
    return spec;
  }

  private releaseAddresses(spec: ServiceSpec): void {
    for (const number of this.addressesOf(spec)) {
      this.addresses.release(number);
      this.records?.forget(addressText(number));
    }
  }

  private releasePorts(ports: readonly number[]): void {
    for (const port of ports) this.ports.release(port);
  }

  private addressesOf(spec: ServiceSpec): readonly number[] {
    if (!needsClusterIp(spec)) return [];
    return (spec.clusterIPs ?? []).map(addressNumber).filter((number) => number !== undefined);
  }
}

/** Node ports by type, or because the client asked for them on a load balancer. */
const wantsNodePorts = (spec: ServiceSpec) => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

const portNumbers = ({ ports = [] }: ServiceSpec): readonly number[] =>
  ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0);

const nodePortsOf = (spec: ServiceSpec): readonly number[] => [
  ...portNumbers(spec),
  ...(spec.healthCheckNodePort ? [spec.healthCheckNodePort] : []),
];
