/** A recorded session of a real kubectl. */

export interface Step {
  readonly cmd: string;
  readonly stdin?: string;
  readonly env?: { readonly [name: string]: string };
  readonly wait?: readonly {
    readonly settle?: boolean;
    readonly seconds?: number;
    readonly until?: string;
    readonly cmd?: string;
  }[];
  readonly background?: boolean;
  readonly stopAfterStep?: number;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut?: boolean;
  readonly unstable?: 'order' | 'text' | 'distribution';
}

export interface Scenario {
  readonly id: string;
  readonly files?: { readonly [name: string]: string };
  readonly kubeconfig?: string;
  readonly steps: readonly Step[];
}
